package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The version that answers one request, and why it.
 *
 * @param revision the revision of the traffic that chose it
 * @param bucket the unit's bucket, or -1 for a pinned call
 * @param unit the unit's hash; 0 for a pinned call
 * @param arm the arm of the A/B test that this answer belongs to, if any
 */
public record ChosenTarget(
    long version,
    String deploymentId,
    Stage stage,
    String variant,
    long revision,
    int bucket,
    long unit,
    @Nullable TestArm arm) {

  public boolean pinned() {
    return bucket < 0;
  }
}
