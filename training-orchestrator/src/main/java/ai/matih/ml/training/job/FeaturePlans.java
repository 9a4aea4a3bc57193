package ai.matih.ml.training.job;

/** Makes plans of point-in-time joins. */
public interface FeaturePlans {

  /**
   * Repeatable.
   *
   * @throws PlanRefused when the features are not there
   */
  FeaturePlan plan(Job job) throws PlanRefused;

  /** The features cannot be planned; the message is for the person who asked. */
  final class PlanRefused extends Exception {
    public PlanRefused(String reason) {
      super(reason);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
