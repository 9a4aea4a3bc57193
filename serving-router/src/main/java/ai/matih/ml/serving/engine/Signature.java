package ai.matih.ml.serving.engine;

import ai.matih.ml.serving.engine.Tensor.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a version accepts and answers, and where each column lies in the tensors of its model file.
 * A signature that contradicts itself cannot be made: the constructor says what is wrong.
 */
public final class Signature {

  private static final int MAX_COLUMNS = 10_000;

  /** What the model was trained for; it decides what an answer looks like. */
  public enum Task {
    CLASSIFICATION,
    REGRESSION
  }

  /** Where a column lies: which tensor, and at which position of its row. */
  record Place(int tensor, int offset) {}

  private final Task task;
  private final List<Column> columns;
  private final List<Object> classes;
  private final List<Tensor> tensors;
  private final String output;
  private final Optional<FeatureSource> features;
  private final Map<String, Integer> positions;
  private final Place[] places;

  /**
   * @param classes the labels in the order of the probabilities; empty for a regression
   * @param output the output tensor that carries probabilities (classification) or predictions
   *     (regression)
   */
  public Signature(
      Task task,
      List<Column> columns,
      List<Object> classes,
      List<Tensor> tensors,
      String output,
      Optional<FeatureSource> features) {
    this.task = task;
    this.columns = List.copyOf(columns);
    this.classes = List.copyOf(classes);
    this.tensors = List.copyOf(tensors);
    this.output = output;
    this.features = features;
    require(!columns.isEmpty(), "a signature needs at least one input");
    require(columns.size() <= MAX_COLUMNS, "a signature has at most " + MAX_COLUMNS + " inputs");
    require(!output.isBlank(), "the onnx section names no output for the task");
    require(
        task == Task.REGRESSION || classes.size() >= 2,
        "a classification lists at least two classes");
    this.positions = HashMap.newHashMap(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i).name();
      require(positions.put(name, i) == null, "input " + name + " is listed twice");
    }
    this.places = place();
  }

  private Place[] place() {
    Place[] result = new Place[columns.size()];
    for (int t = 0; t < tensors.size(); t++) {
      Tensor tensor = tensors.get(t);
      for (int offset = 0; offset < tensor.columns().size(); offset++) {
        String name = tensor.columns().get(offset);
        Integer position = positions.get(name);
        if (position == null) {
          throw new IllegalArgumentException(
              "tensor " + tensor.name() + " uses the unknown input " + name);
        }
        boolean text = columns.get(position).type() == ColumnType.STRING;
        require(
            text == (tensor.type() == TensorType.BYTES),
            "input " + name + " does not fit tensor " + tensor.name() + " of " + tensor.type());
        require(result[position] == null, "input " + name + " lies in two tensors");
        result[position] = new Place(t, offset);
      }
    }
    for (int i = 0; i < result.length; i++) {
      require(result[i] != null, "input " + columns.get(i).name() + " lies in no tensor");
    }
    return result;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
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

  public List<Tensor> tensors() {
    return tensors;
  }

  public String output() {
    return output;
  }

  public Optional<FeatureSource> features() {
    return features;
  }

  /** How many numbers the output tensor holds per row. */
  public int width() {
    return task == Task.CLASSIFICATION ? classes.size() : 1;
  }

  /** The position of a column, or -1 for a name that the model does not know. */
  public int position(String name) {
    Integer position = positions.get(name);
    return position == null ? -1 : position;
  }

  Place place(int column) {
    return places[column];
  }
}
