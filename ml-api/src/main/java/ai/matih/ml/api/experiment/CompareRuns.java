package ai.matih.ml.api.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Lays runs side by side: the parameters that differ, and the best run per metric. */
public final class CompareRuns {

  /** Whether more of a metric is better. */
  public enum Direction {
    MAX,
    MIN;

    private static final Pattern LESS_IS_BETTER =
        Pattern.compile(
            "(^|[^a-z])(loss|logloss|mlogloss|error|merror|err|rmse|mse|mae|mape|rmsle|perplexity|latency|duration|seconds|time)($|[^a-z])|loss$|error$");

    /** What a metric's name says: losses, errors and times are better small. */
    public static Direction ofName(String metric) {
      return LESS_IS_BETTER.matcher(metric.toLowerCase(Locale.ROOT).replace('_', ' ')).find()
          ? MIN
          : MAX;
    }
  }

  /**
   * One metric across the runs.
   *
   * @param values by run, the latest of each; runs without it are left out
   * @param best the run with the best value; empty when no value is a number
   */
  public record MetricComparison(
      String key, Direction direction, Map<RunId, Double> values, Optional<RunId> best) {}

  /**
   * One parameter whose value is not the same everywhere.
   *
   * @param values by run; runs without it are left out
   */
  public record ParamComparison(String key, Map<RunId, String> values) {}

  /** The comparison. */
  public record Comparison(List<ParamComparison> differingParams, List<MetricComparison> metrics) {}

  private CompareRuns() {}

  /**
   * @param directions overrule what a metric's name says
   */
  public static Comparison compare(List<Run> runs, Map<String, Direction> directions) {
    return new Comparison(params(runs), metrics(runs, directions));
  }

  private static List<ParamComparison> params(List<Run> runs) {
    TreeSet<String> keys = new TreeSet<>();
    runs.forEach(run -> keys.addAll(run.params().keySet()));
    List<ParamComparison> differing = new ArrayList<>();
    for (String key : keys) {
      Map<RunId, String> values = new TreeMap<>(Comparator.comparing(RunId::value));
      runs.forEach(
          run -> {
            String value = run.params().get(key);
            if (value != null) {
              values.put(run.id(), value);
            }
          });
      boolean same =
          values.size() == runs.size() && values.values().stream().distinct().count() == 1;
      if (!same) {
        differing.add(new ParamComparison(key, values));
      }
    }
    return differing;
  }

  private static List<MetricComparison> metrics(List<Run> runs, Map<String, Direction> directions) {
    Map<String, Map<RunId, Double>> byKey = new TreeMap<>();
    for (Run run : runs) {
      for (MetricPoint point : run.metrics()) {
        byKey
            .computeIfAbsent(point.key(), key -> new TreeMap<>(Comparator.comparing(RunId::value)))
            .put(run.id(), point.value());
      }
    }
    List<MetricComparison> all = new ArrayList<>();
    byKey.forEach(
        (key, values) -> {
          Direction direction = directions.getOrDefault(key, Direction.ofName(key));
          Comparator<Map.Entry<RunId, Double>> byValue = Map.Entry.comparingByValue();
          Optional<RunId> best =
              values.entrySet().stream()
                  .filter(entry -> !entry.getValue().isNaN())
                  .min(direction == Direction.MIN ? byValue : byValue.reversed())
                  .map(Map.Entry::getKey);
          all.add(new MetricComparison(key, direction, values, best));
        });
    return all;
  }
}
