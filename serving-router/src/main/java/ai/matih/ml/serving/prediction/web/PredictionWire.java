package ai.matih.ml.serving.prediction.web;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The wire form of predictions as the API description shows it; the streams are read and written by
 * hand.
 */
final class PredictionWire {

  private PredictionWire() {}

  @Schema(
      name = "PredictionRequest",
      description =
          "Give features (one row), instances (rows) or entities, the last also beside the others.")
  record Request(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String modelId,
      @Nullable @Schema(description = "One row: values by input name") Map<String, Object> features,
      @Nullable @Schema(description = "Rows: values by input name")
          List<Map<String, Object>> instances,
      @Nullable
          @Schema(
              description =
                  "Values of each join key, one per row; features are then fetched from the feature"
                      + " store")
          Map<String, List<Object>> entities,
      @Nullable
          @Schema(
              description =
                  "Who or what the prediction is about; the same unit stays with the same variant")
          String unitId,
      @Nullable Options options) {}

  @Schema(name = "PredictionOptions")
  record Options(
      @Nullable Boolean returnProbabilities,
      @Nullable @Schema(description = "This very version answers, whatever the traffic says")
          Long version,
      @Nullable
          @Schema(
              description =
                  "What to do where the feature store has no usable value: serve the row without it"
                      + " and say so, or fail. A deployment that fails is not loosened by this",
              allowableValues = {"serve", "fail"},
              defaultValue = "serve")
          String onAbsent) {}

  @Schema(
      name = "PredictionAnswer",
      description =
          "prediction for one row, predictions for several; probabilities in the order of the"
              + " classes")
  record Answer(
      String requestId,
      String modelId,
      long modelVersion,
      String variant,
      @Nullable Object prediction,
      @Nullable List<Object> predictions,
      @Nullable @Schema(description = "One list for one row, a list of lists for several")
          List<Object> probabilities,
      @Nullable
          @Schema(
              description =
                  "Rows that the feature store could not complete; left out when there are none")
          List<AbsentFeaturesView> absentFeatures,
      double latencyMs) {}

  @Schema(name = "AbsentFeatures", description = "What was absent of one row")
  record AbsentFeaturesView(
      @Schema(description = "The row of the request; the first is 0") int row,
      @Schema(description = "The values of its join keys") Map<String, Object> entity,
      @Schema(description = "By reference: not_found or outside_max_age")
          Map<String, String> features) {}
}
