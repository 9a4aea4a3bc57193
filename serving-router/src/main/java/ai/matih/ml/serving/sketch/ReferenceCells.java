package ai.matih.ml.serving.sketch;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.bundle.ReferenceProfile.Answers;
import ai.matih.ml.bundle.ReferenceProfile.Numbers;
import ai.matih.ml.bundle.ReferenceProfile.Texts;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.serving.sketch.Watched.Kind;
import ai.matih.ml.serving.sketch.Watched.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the cells of a version from its profile. Whatever the profile says, they are bounded: so
 * many inputs, so many bins and categories each.
 */
public final class ReferenceCells {

  /** More inputs are left out, in the order of the signature. */
  static final int MAX_INPUTS = 500;

  /** More edges are thinned out evenly. */
  static final int MAX_EDGES = 65;

  /** The most frequent ones; the others are counted together. */
  static final int MAX_CATEGORIES = 100;

  /** A longer text is no category: nobody wants to hash it on the caller's thread. */
  static final int MAX_TEXT = 256;

  /**
   * Training keeps a fifth of the rows apart unless it is told otherwise: a quarter of the rest.
   */
  private static final int ROWS_PER_ANSWER = 4;

  private ReferenceCells() {}

  /** The cells of a version, in the order of its inputs; answers are last. */
  public static Reference of(Signature signature, Optional<ReferenceProfile> profile) {
    List<Watched> watched = new ArrayList<>();
    profile.ifPresent(known -> inputs(signature, known, watched));
    int leftOut = profile.isPresent() ? signature.columns().size() - watched.size() : 0;
    answers(signature, profile, watched);
    return new Reference(
        watched,
        profile.isPresent(),
        leftOut,
        signature.task() == Task.CLASSIFICATION ? signature.classes().size() : 0);
  }

  private static void inputs(Signature signature, ReferenceProfile profile, List<Watched> watched) {
    for (Column column : signature.columns()) {
      ReferenceProfile.Column known = profile.columns().get(column.name());
      boolean text = column.type() == ColumnType.STRING;
      if (watched.size() == MAX_INPUTS) {
        return;
      }
      if (text && known instanceof Texts texts) {
        watched.add(texts(column.name(), texts, profile.rows()));
      } else if (!text && known instanceof Numbers numbers) {
        watched.add(numbers(column.name(), Role.INPUT, numbers, profile.rows(), false, true));
      }
    }
  }

  private static void answers(
      Signature signature, Optional<ReferenceProfile> profile, List<Watched> watched) {
    Optional<Answers> answers = profile.flatMap(ReferenceProfile::answers);
    long rows =
        answers
            .flatMap(Answers::rows)
            .orElseGet(() -> profile.map(p -> Math.max(1, p.rows() / ROWS_PER_ANSWER)).orElse(0L));
    boolean assumed = answers.isPresent() && answers.get().rows().isEmpty();
    if (signature.task() == Task.CLASSIFICATION) {
      watched.add(classes(signature, answers, rows, assumed));
    }
    answers
        .flatMap(Answers::values)
        .ifPresent(
            values ->
                watched.add(
                    signature.task() == Task.CLASSIFICATION
                        ? numbers("score", Role.SCORE, values, rows, assumed, false)
                        : numbers("value", Role.VALUE, values, rows, assumed, true)));
  }

  private static Watched classes(
      Signature signature, Optional<Answers> answers, long rows, boolean assumed) {
    List<String> names =
        signature.classes().stream().map(Object::toString).limit(MAX_CATEGORIES).toList();
    List<Double> expected = new ArrayList<>();
    Map<String, Double> shares = answers.map(Answers::classes).orElse(Map.of());
    if (!shares.isEmpty()) {
      expected.add(0.0);
      names.forEach(name -> expected.add(shares.getOrDefault(name, 0.0)));
      expected.add(0.0);
      setRest(expected);
    }
    return new Watched(
        "class", Role.CLASS, Kind.CATEGORIES, List.of(), names, expected, rows, assumed);
  }

  /**
   * @param open whether a value may lie beyond all that training saw: then one of {@code rows + 1}
   *     does on each side, as long as nothing changed, because the new one is as likely as each
   *     other to be the lowest or the highest of all
   */
  private static Watched numbers(
      String name, Role role, Numbers numbers, long rows, boolean assumed, boolean open) {
    List<Double> edges = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    int bins = numbers.frequencies().size();
    int step = Math.max(1, (bins + MAX_EDGES - 2) / (MAX_EDGES - 1));
    for (int bin = 0; bin < bins; bin += step) {
      edges.add(numbers.edges().get(bin));
      double share = 0;
      for (int i = bin; i < Math.min(bins, bin + step); i++) {
        share += numbers.frequencies().get(i);
      }
      shares.add(share);
    }
    double present = 1 - Math.min(1, numbers.missing());
    List<Double> expected = new ArrayList<>();
    expected.add(numbers.missing());
    if (bins == 0) {
      expected.add(present);
      return new Watched(name, role, Kind.NUMBERS, List.of(), List.of(), expected, rows, assumed);
    }
    edges.add(numbers.edges().getLast());
    double outside = open ? 1.0 / (rows + 1) : 0;
    expected.add(present * outside);
    shares.forEach(share -> expected.add(present * (1 - 2 * outside) * share));
    expected.add(present * outside);
    return new Watched(name, role, Kind.NUMBERS, edges, List.of(), expected, rows, assumed);
  }

  /** The empty text is what a missing one looks like to the model, so it is counted as missing. */
  private static Watched texts(String name, Texts texts, long rows) {
    List<String> categories =
        texts.categories().entrySet().stream()
            .filter(e -> !e.getKey().isEmpty() && e.getKey().length() <= MAX_TEXT)
            .sorted(
                Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(MAX_CATEGORIES)
            .map(Map.Entry::getKey)
            .toList();
    List<Double> expected = new ArrayList<>();
    expected.add(Math.min(1, texts.missing() + texts.categories().getOrDefault("", 0.0)));
    categories.forEach(category -> expected.add(texts.categories().getOrDefault(category, 0.0)));
    expected.add(0.0);
    setRest(expected);
    return new Watched(
        name, Role.INPUT, Kind.CATEGORIES, List.of(), categories, expected, rows, false);
  }

  /** What the other cells leave is the last one's. */
  private static void setRest(List<Double> expected) {
    double sum = expected.stream().mapToDouble(Double::doubleValue).sum();
    // A hair's breadth is rounding.
    expected.set(expected.size() - 1, 1 - sum < 1e-9 ? 0 : 1 - sum);
  }
}
