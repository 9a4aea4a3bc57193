package ai.matih.ml.bundle;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a model means to its callers: what it accepts and what it answers. How an engine lays that
 * out is the business of a layout, for example {@link OnnxLayout}.
 */
public final class Signature {

  private static final int MAX_COLUMNS = 10_000;

  private final int format;
  private final Task task;
  private final List<Column> columns;
  private final List<Object> classes;
  private final Optional<FeatureSource> features;
  private final Map<String, Integer> positions;

  /**
   * A signature that contradicts itself cannot be made: the exception says what is wrong.
   *
   * @param format of the bundle, 1 or 2
   * @param classes the labels in the order of the probabilities; empty for a regression
   */
  public Signature(
      int format,
      Task task,
      List<Column> columns,
      List<Object> classes,
      Optional<FeatureSource> features) {
    this.format = format;
    this.task = task;
    this.columns = List.copyOf(columns);
    this.classes = List.copyOf(classes);
    this.features = features;
    require(!columns.isEmpty(), "a signature needs at least one input");
    require(columns.size() <= MAX_COLUMNS, "a signature has at most " + MAX_COLUMNS + " inputs");
    require(
        task == Task.REGRESSION || classes.size() >= 2,
        "a classification lists at least two classes");
    require(task == Task.CLASSIFICATION || classes.isEmpty(), "a regression has no classes");
    Set<Object> labels = new HashSet<>();
    for (Object label : this.classes) {
      require(labels.add(label.toString()), "class " + label + " is listed twice");
    }
    this.positions = HashMap.newHashMap(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i).name();
      require(positions.put(name, i) == null, "input " + name + " is listed twice");
    }
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The format of the bundle that this signature is part of. */
  public int format() {
    return format;
  }

  public Task task() {
    return task;
  }

  public List<Column> columns() {
    return columns;
  }

  public List<Object> classes() {
    return classes;
  }

  public Optional<FeatureSource> features() {
    return features;
  }

  /** How many numbers the model answers per row: one per class, or the prediction. */
  public int width() {
    return task == Task.CLASSIFICATION ? classes.size() : 1;
  }

  /** The position of a column, or -1 for a name that the model does not know. */
  public int position(String name) {
    Integer position = positions.get(name);
    return position == null ? -1 : position;
  }
}
