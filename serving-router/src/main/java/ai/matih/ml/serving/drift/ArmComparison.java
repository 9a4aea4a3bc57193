package ai.matih.ml.serving.drift;

import java.util.Optional;

/**
 * One input on all arms of a model that have enough rows.
 *
 * @param method how the arms were compared with each other; {@code none} with fewer than two arms
 * @param pValue corrected for all inputs; of the arms being alike
 * @param differ whether the arms see different values, surely and by more than a little
 */
public record ArmComparison(
    String name, Method method, Optional<Double> pValue, boolean differ, Cause cause) {

  /** How arms are compared. */
  public enum Method {
    NONE,
    /** Counts of the same cells. */
    CHI_SQUARE,
    /** Means, where the versions have different bins. */
    MEANS
  }
}
