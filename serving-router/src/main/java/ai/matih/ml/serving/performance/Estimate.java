package ai.matih.ml.serving.performance;

import ai.matih.ml.serving.sketch.CountedArm;
import java.util.Optional;

/**
 * How well a classification would do if its probabilities were right: a class that it gives 80 % is
 * the true one in 80 of 100 cases. No outcome is needed for that, and a model whose probabilities
 * are not calibrated is estimated wrongly by as much.
 *
 * @param rows whose probabilities were summed up
 * @param accuracy the mean probability of the predicted class
 * @param brier the mean of {@code sum p (1 - p)} over the classes
 * @param logLoss the mean entropy of the probabilities
 */
public record Estimate(long rows, double accuracy, double brier, double logLoss) {

  /** Empty for a regression, and where nothing was answered. */
  public static Optional<Estimate> of(CountedArm counted) {
    double[] sums = counted.tally().sums();
    int at = counted.reference().confidence();
    double rows = sums[at];
    return counted.reference().classes() == 0 || rows == 0
        ? Optional.empty()
        : Optional.of(
            new Estimate(
                Math.round(rows), sums[at + 1] / rows, sums[at + 2] / rows, sums[at + 3] / rows));
  }
}
