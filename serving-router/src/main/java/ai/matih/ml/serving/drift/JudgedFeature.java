package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.sketch.Watched;

/**
 * One distribution of an arm with its verdict.
 *
 * @param adjustedPValue of the chi-square test, corrected for all distributions of the arm
 */
public record JudgedFeature(Divergence divergence, double adjustedPValue, Severity severity) {

  public String name() {
    return divergence.watched().name();
  }

  boolean isInput() {
    return divergence.watched().role() == Watched.Role.INPUT;
  }
}
