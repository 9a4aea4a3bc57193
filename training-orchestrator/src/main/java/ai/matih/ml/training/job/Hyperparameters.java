package ai.matih.ml.training.job;

import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.training.job.TrainingSpecification.Algorithm;
import ai.matih.ml.training.job.TrainingSpecification.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which hyperparameters an algorithm has, and what they may be: the same table as in {@code
 * matih_training/hyperparameters.py}, so that a wrong one is refused before anything is started.
 */
final class Hyperparameters {

  private record Rule(Predicate<Object> allows, String words) {}

  private static final Map<String, Rule> XGBOOST =
      Map.ofEntries(
          Map.entry("num_boost_round", whole(1, 10_000)),
          Map.entry("max_depth", whole(0, 30)),
          Map.entry("learning_rate", above(0, 1)),
          Map.entry("min_child_weight", real(0, 1e9)),
          Map.entry("gamma", real(0, 1e9)),
          Map.entry("subsample", above(0, 1)),
          Map.entry("colsample_bytree", above(0, 1)),
          Map.entry("colsample_bylevel", above(0, 1)),
          Map.entry("colsample_bynode", above(0, 1)),
          Map.entry("reg_alpha", real(0, 1e9)),
          Map.entry("reg_lambda", real(0, 1e9)),
          Map.entry("max_delta_step", real(0, 1e9)),
          Map.entry("scale_pos_weight", above(0, 1e9)),
          Map.entry("max_bin", whole(2, 65_536)),
          Map.entry("max_leaves", whole(0, 1_000_000)),
          Map.entry("grow_policy", choice("depthwise", "lossguide")));

  private static final Map<String, Rule> RANDOM_FOREST =
      Map.ofEntries(
          Map.entry("n_estimators", whole(1, 10_000)),
          Map.entry("max_depth", whole(1, 30)),
          Map.entry("min_samples_split", whole(2, 1_000_000)),
          Map.entry("min_samples_leaf", whole(1, 1_000_000)),
          Map.entry(
              "max_features",
              new Rule(
                  value ->
                      value instanceof String text
                          ? Set.of("sqrt", "log2").contains(text)
                          : above(0, 1).allows().test(value),
                  "sqrt, log2 or a fraction")),
          Map.entry("max_samples", above(0, 1)),
          Map.entry("class_weight", choice("balanced")));

  private Hyperparameters() {}

  static Set<String> names(Algorithm algorithm) {
    return new TreeSet<>(rules(algorithm).keySet());
  }

  static List<Violation> check(Algorithm algorithm, Task task, Map<String, Object> asked) {
    List<Violation> found = new ArrayList<>();
    Map<String, Rule> rules = rules(algorithm);
    new TreeMap<>(asked)
        .forEach(
            (name, value) -> {
              Rule rule = rules.get(name);
              String field = "hyperparameters." + name;
              if (rule == null) {
                found.add(
                    new Violation(
                        field,
                        "is not a hyperparameter of %s; it has %s"
                            .formatted(algorithm.wire(), String.join(", ", names(algorithm)))));
              } else if (!rule.allows().test(value)) {
                found.add(new Violation(field, "must be " + rule.words()));
              } else if (task == Task.REGRESSION
                  && (name.equals("class_weight") || name.equals("scale_pos_weight"))) {
                found.add(new Violation(field, "belongs to classification"));
              }
            });
    return found;
  }

  private static Map<String, Rule> rules(Algorithm algorithm) {
    return switch (algorithm) {
      case XGBOOST -> XGBOOST;
      case RANDOM_FOREST -> RANDOM_FOREST;
    };
  }

  private static Rule whole(long low, long high) {
    return new Rule(
        value ->
            (value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= low
                && ((Number) value).longValue() <= high,
        "an integer from %d to %d".formatted(low, high));
  }

  private static Rule real(double low, double high) {
    return new Rule(
        value -> value instanceof Number n && n.doubleValue() >= low && n.doubleValue() <= high,
        "a number from %s to %s".formatted(text(low), text(high)));
  }

  private static Rule above(double low, double high) {
    return new Rule(
        value -> value instanceof Number n && n.doubleValue() > low && n.doubleValue() <= high,
        "a number above %s up to %s".formatted(text(low), text(high)));
  }

  private static Rule choice(String... values) {
    return new Rule(
        value -> value instanceof String text && List.of(values).contains(text),
        "one of " + String.join(", ", values));
  }

  private static String text(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
