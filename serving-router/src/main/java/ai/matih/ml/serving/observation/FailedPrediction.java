package ai.matih.ml.serving.observation;

import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A prediction that got no scores.
 *
 * @param target who was to answer; absent when nobody was chosen yet
 */
public record FailedPrediction(
    Tenant tenant, ModelId model, @Nullable ChosenTarget target, Problem problem) {

  private static final Set<ErrorCode> OURS =
      Set.of(
          ServingError.SCORING_FAILED,
          ServingError.ENGINE_AWAY,
          ServingError.OVERLOADED,
          ServingError.FEATURES_UNAVAILABLE,
          ServingError.NOT_READY);

  /** Whether the request was sound and the platform failed on it. */
  public boolean isOurs() {
    return OURS.contains(problem.error());
  }
}
