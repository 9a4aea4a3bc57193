package ai.matih.ml.registry.model;

import java.util.Map;
import java.util.Optional;

/** Which way a metric gets better. */
public enum Direction {
  MAXIMIZE,
  MINIMIZE;

  private static final Map<String, Direction> KNOWN =
      Map.ofEntries(
          Map.entry("auc", MAXIMIZE),
          Map.entry("average_precision", MAXIMIZE),
          Map.entry("accuracy", MAXIMIZE),
          Map.entry("balanced_accuracy", MAXIMIZE),
          Map.entry("precision", MAXIMIZE),
          Map.entry("recall", MAXIMIZE),
          Map.entry("f1", MAXIMIZE),
          Map.entry("r2", MAXIMIZE),
          Map.entry("logloss", MINIMIZE),
          Map.entry("brier", MINIMIZE),
          Map.entry("rmse", MINIMIZE),
          Map.entry("mse", MINIMIZE),
          Map.entry("mae", MINIMIZE),
          Map.entry("mape", MINIMIZE));

  /** The direction of a metric that everybody agrees on. */
  public static Optional<Direction> ofMetric(String metric) {
    return Optional.ofNullable(KNOWN.get(metric));
  }
}
