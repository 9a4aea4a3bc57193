package ai.matih.ml.serving.traffic;

/**
 * An arm of the A/B test that a revision runs.
 *
 * @param salt deals the units to the arms
 */
public record TestArm(String testId, String salt, boolean challenger) {

  /** The variant of the arm that is tried; the other one is the stable target. */
  public static final String CHALLENGER = "challenger";
}
