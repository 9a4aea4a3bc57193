package ai.matih.ml.serving.prediction.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.prediction.Explanation;
import ai.matih.ml.serving.prediction.RecentPredictions;
import ai.matih.ml.serving.traffic.ChosenTarget;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Why predictions were answered by whom; they themselves are answered by the data plane. */
@RestController
@RequestMapping("/api/v1/ml")
class PredictionController {

  private final RecentPredictions recent;

  PredictionController(RecentPredictions recent) {
    this.recent = recent;
  }

  /**
   * Why a version answered.
   *
   * @param chosenBy {@code unit_id}, {@code request_id} or {@code pinned_version}
   */
  record ExplanationView(
      String requestId,
      String modelId,
      long modelVersion,
      String variant,
      String deploymentId,
      long trafficRevision,
      String chosenBy,
      @Nullable Integer bucket,
      int rows,
      String answeredAt) {}

  @GetMapping("/predictions/{request_id}/explanation")
  @Allow({Permission.PREDICTIONS_CREATE, Permission.DEPLOYMENTS_READ})
  ExplanationView explain(@PathVariable("request_id") String requestId, Caller caller) {
    Explanation found =
        recent
            .find(caller.tenant(), requestId)
            .orElseThrow(
                () ->
                    new Problem(
                        ServingError.PREDICTION_NOT_FOUND,
                        "This router does not remember that prediction; it keeps the newest ones only."));
    ChosenTarget target = found.target();
    boolean pinned = target.pinned();
    return new ExplanationView(
        found.requestId(),
        found.model().value(),
        target.version(),
        target.variant(),
        target.deploymentId(),
        target.revision(),
        pinned ? "pinned_version" : found.sticky() ? "unit_id" : "request_id",
        pinned ? null : target.bucket(),
        found.rows(),
        found.at().toString());
  }
}
