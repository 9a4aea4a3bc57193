package ai.matih.ml.training.job;

import ai.matih.ml.training.algorithm.Task;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A metric that a search can aim at; {@code metrics.py} has the same list and the formulas. */
public enum SearchMetric {
  ACCURACY(Task.CLASSIFICATION, true),
  LOGLOSS(Task.CLASSIFICATION, false),
  /** Of two classes, as the next two. */
  AUC(Task.CLASSIFICATION, true),
  F1(Task.CLASSIFICATION, true),
  BRIER(Task.CLASSIFICATION, false),
  /** Of more than two classes. */
  F1_MACRO(Task.CLASSIFICATION, true),
  RMSE(Task.REGRESSION, false),
  MAE(Task.REGRESSION, false),
  R2(Task.REGRESSION, true);

  private final Task task;
  private final boolean largerIsBetter;

  SearchMetric(Task task, boolean largerIsBetter) {
    this.task = task;
    this.largerIsBetter = largerIsBetter;
  }

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code max} or {@code min}. */
  public String mode() {
    return largerIsBetter ? "max" : "min";
  }

  boolean isFor(Task asked) {
    return task == asked;
  }

  static Optional<SearchMetric> ofWire(String word) {
    return Stream.of(values()).filter(metric -> metric.wire().equals(word)).findFirst();
  }

  /** Those of a task, for a sentence. */
  static String namesFor(Task task) {
    return Stream.of(values())
        .filter(metric -> metric.isFor(task))
        .map(SearchMetric::wire)
        .collect(Collectors.joining(", "));
  }
}
