package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.traffic.TestArm;
import org.jspecify.annotations.Nullable;

/**
 * The right to use one model for one request. While it is held the model stays open; close it on
 * every path.
 *
 * @param revision the revision of the traffic that chose it
 * @param bucket the unit's bucket, or -1 for a pinned call
 * @param unit the unit's hash; 0 for a pinned call
 * @param arm the arm of the A/B test that this answer belongs to, if any
 */
public record RoutedModel(
    long version,
    String deploymentId,
    Stage stage,
    String variant,
    long revision,
    int bucket,
    long unit,
    @Nullable TestArm arm,
    ScoringModel model,
    Runnable release)
    implements AutoCloseable {

  public boolean pinned() {
    return bucket < 0;
  }

  @Override
  public void close() {
    release.run();
  }
}
