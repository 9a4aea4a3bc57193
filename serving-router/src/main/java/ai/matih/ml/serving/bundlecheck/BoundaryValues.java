package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.GoldenBatch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Values at the edge of what a caller may send, one input at a time, in rows that are real
 * otherwise.
 *
 * <p>Where the training rows end the answer has to be a number, and so it has for unknown texts.
 * What lies far from all training rows is told and bars nobody: from which number on a sum of 32
 * bits overflows follows from the unit of a column.
 */
final class BoundaryValues {

  private static final double[] FAR_DOUBLES = {
    0, -0.0, -1, 1e6, -1e6, 1e-30, 1e30, -1e30, Float.MAX_VALUE, -Float.MAX_VALUE
  };

  /** As far as a double counts by ones. */
  private static final double[] FAR_LONGS = {0, -1, 1e6, -1e6, 0x1p53, -0x1p53};

  private static final double[] FLAGS = {0, 1};
  private static final List<String> TEXTS =
      List.of("never seen", "", " ", "ünïcödé \uD83D\uDE80", "x".repeat(10_000));
  private static final int MOST_TOLD = 3;

  private final ScoringModel model;
  private final Bundle bundle;
  private final Signature signature;
  private final List<GoldenRows.Row> usual;
  private int tried;

  BoundaryValues(ScoringModel model, Bundle bundle) {
    this.model = model;
    this.bundle = bundle;
    this.signature = model.signature();
    this.usual =
        bundle.golden().rows().stream().filter(row -> !bundle.isFarFromTraining(row)).toList();
  }

  Check check() {
    if (usual.isEmpty()) {
      return Check.notRun(
          Name.BOUNDARY_VALUES, "No golden row is like the training rows, so none can be varied.");
    }
    Map<String, Double> withoutNumber = new LinkedHashMap<>();
    for (int column = 0; column < signature.columns().size(); column++) {
      String name = signature.columns().get(column).name();
      ColumnType type = signature.columns().get(column).type();
      Optional<String> wrong =
          type == ColumnType.STRING
              ? firstText(column).map(text -> "a text of %d characters".formatted(text.length()))
              : first(column, owed(type, name))
                  .map("%s, where the training rows end or nearly"::formatted);
      if (wrong.isPresent()) {
        return Check.failed(
            Name.BOUNDARY_VALUES,
            "The answer is no number when %s is %s.".formatted(name, wrong.get()));
      }
      first(column, far(type)).ifPresent(number -> withoutNumber.put(name, number));
    }
    Map<String, Object> measured = new LinkedHashMap<>(Map.of("rows", tried));
    if (!withoutNumber.isEmpty()) {
      measured.put("without_number", withoutNumber);
    }
    return Check.passed(Name.BOUNDARY_VALUES, told(withoutNumber), measured);
  }

  private String told(Map<String, Double> withoutNumber) {
    String passed =
        bundle.profile().isPresent()
            ? "Numbers where the training rows end, and unknown texts, get an answer, input by"
                + " input."
            : "Unknown texts get an answer. The bundle has no reference profile to say where the"
                + " training rows end.";
    return withoutNumber.isEmpty()
        ? passed
        : passed
            + " For your information: far from them the answer is no number, at %s."
                .formatted(
                    withoutNumber.entrySet().stream()
                        .limit(MOST_TOLD)
                        .map(column -> column.getKey() + " = " + column.getValue())
                        .collect(Collectors.joining(", ")));
  }

  /** Numbers that follow from the type and from the training rows. */
  private double[] owed(ColumnType type, String column) {
    return type == ColumnType.BOOLEAN
        ? FLAGS
        : bundle.profile().flatMap(profile -> profile.range(column)).stream()
            .flatMapToDouble(BoundaryValues::ends)
            .toArray();
  }

  private static DoubleStream ends(ReferenceProfile.Range trained) {
    return DoubleStream.of(
        trained.lowest(),
        trained.highest(),
        trained.widened().lowest(),
        trained.widened().highest());
  }

  private static double[] far(ColumnType type) {
    return switch (type) {
      case DOUBLE -> FAR_DOUBLES;
      case LONG -> FAR_LONGS;
      case BOOLEAN, STRING -> new double[0];
    };
  }

  /** The first number of a column for which the answer is no number. */
  private Optional<Double> first(int column, double[] numbers) {
    Batch batch = usualRows(numbers.length);
    batch.numbers(column, numbers);
    return firstWithoutNumber(batch).stream().mapToObj(row -> numbers[row]).findFirst();
  }

  private Optional<String> firstText(int column) {
    Batch batch = usualRows(TEXTS.size());
    batch.texts(column, TEXTS.toArray(new String[0]));
    return firstWithoutNumber(batch).stream().mapToObj(TEXTS::get).findFirst();
  }

  private Batch usualRows(int count) {
    List<GoldenRows.Row> rows =
        IntStream.range(0, count).mapToObj(i -> usual.get(i % usual.size())).toList();
    return GoldenBatch.of(
        new GoldenRows(bundle.golden().tolerance(), bundle.golden().scale(), rows), signature);
  }

  private OptionalInt firstWithoutNumber(Batch batch) {
    if (batch.rows() == 0) {
      return OptionalInt.empty();
    }
    tried += batch.rows();
    Scores scores = model.score(batch);
    return IntStream.range(0, batch.rows())
        .filter(
            row ->
                IntStream.range(0, signature.width())
                    .anyMatch(i -> !Float.isFinite(scores.value(row, i))))
        .findFirst();
  }
}
