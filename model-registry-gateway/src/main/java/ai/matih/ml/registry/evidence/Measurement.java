package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;

/**
 * What the platform measured of a version on a data set, as its evidence carries it.
 *
 * @param job that measured it
 * @param dataset as the policy names it
 * @param rows with a target, which the metrics are of
 * @param engine what answered the rows
 */
public record Measurement(
    String job,
    String dataset,
    String dataDigest,
    String targetColumn,
    long rows,
    Map<String, Double> metrics,
    String engine) {

  static final String CHECK = "evaluation";

  public Measurement {
    metrics = Map.copyOf(metrics);
  }

  /** The measurement that a report of the platform carries; empty when there is none in it. */
  public static Optional<Measurement> of(Evidence evidence) {
    if (!evidence.kind().equals(Evidence.PLATFORM_EVALUATION)
        || evidence.source() != Evidence.Source.PLATFORM) {
      return Optional.empty();
    }
    return evidence.checks().stream()
        .filter(check -> check.name().equals(CHECK) && check.hasPassed())
        .flatMap(check -> Optional.ofNullable(check.measured()).stream())
        .map(measured -> Json.read(Json.write(measured), Measurement.class))
        .findFirst();
  }

  /** As a check that was made; that the version could be measured says nothing about how well. */
  public Check check() {
    String numbers =
        new TreeMap<>(metrics)
            .entrySet().stream()
                .map(metric -> metric.getKey() + " = " + metric.getValue())
                .collect(Collectors.joining(", "));
    return Check.passed(
        CHECK,
        "%s on %d rows of %s.".formatted(numbers, rows, dataset),
        Json.read(Json.write(this), new TypeReference<Map<String, Object>>() {}));
  }

  /** A measurement that could not be made. */
  public static List<Check> notMade(String why) {
    return List.of(Check.notRun(CHECK, why));
  }

  /** A metric that is a number. */
  public Optional<Double> metric(String name) {
    return Optional.ofNullable(metrics.get(name)).filter(Double::isFinite);
  }
}
