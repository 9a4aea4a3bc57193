package ai.matih.ml.serving.observation;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.traffic.ChosenTarget;
import org.jspecify.annotations.Nullable;

/**
 * A prediction that got no scores.
 *
 * @param target who was to answer; absent when nobody was chosen yet
 */
public record FailedPrediction(
    Tenant tenant, ModelId model, @Nullable ChosenTarget target, Problem problem) {

  /** Whether the request was sound and the platform failed on it. */
  public boolean isOurs() {
    return problem.error().status().is5xxServerError();
  }
}
