package ai.matih.ml.serving.prediction.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.prediction.Explanation;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.prediction.Prediction;
import ai.matih.ml.serving.prediction.PredictionReader;
import ai.matih.ml.serving.prediction.PredictionRequest;
import ai.matih.ml.serving.prediction.RecentPredictions;
import ai.matih.ml.serving.traffic.ChosenTarget;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Predictions, and why they were answered by whom. */
@RestController
@RequestMapping("/api/v1/ml")
class PredictionController {

  private static final String REQUEST_ID = "X-Request-Id";

  private final Predict predict;
  private final PredictionReader reader;
  private final PredictionWriter writer = new PredictionWriter();
  private final RecentPredictions recent;

  PredictionController(Predict predict, PredictionReader reader, RecentPredictions recent) {
    this.predict = predict;
    this.reader = reader;
    this.recent = recent;
  }

  /** Reads and writes the streams itself: no object per value is made on the way. */
  @PostMapping(path = "/predict", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Allow(Permission.PREDICTIONS_CREATE)
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              schema = @Schema(implementation = PredictionWire.Request.class)))
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              schema = @Schema(implementation = PredictionWire.Answer.class)))
  void predict(HttpServletRequest http, HttpServletResponse answer, Caller caller)
      throws IOException {
    PredictionRequest request = reader.read(http.getInputStream());
    String requestId = Objects.requireNonNull(answer.getHeader(REQUEST_ID));
    Prediction prediction = predict.answer(caller.tenant(), caller.actor(), requestId, request);
    byte[] body = writer.write(prediction, request);
    answer.setContentType(MediaType.APPLICATION_JSON_VALUE);
    answer.setContentLength(body.length);
    answer.getOutputStream().write(body);
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
