package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.walk.Flights;
import ai.matih.ml.acceptance.walk.Teller;
import ai.matih.ml.acceptance.walk.Walk;
import ai.matih.ml.acceptance.walk.WalkPlan;
import ai.matih.ml.acceptance.walk.WalkResult;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A model goes from raw data to a governed prediction, on the real engines. */
class WalkIT {

  @Test
  void a_model_goes_from_raw_data_to_a_governed_prediction() {
    Walk walk =
        new Walk(
            RunningPlatform.admin(),
            Flights.installedIn(RunningPlatform.pythonEnvironment()),
            WalkPlan.SAMPLE,
            Teller.SILENT,
            RunningPlatform.suffix());

    WalkResult result = walk.take();

    assertThat(result.prediction().get("prediction").asInt()).isBetween(0, 1);
    assertThat(result.prediction().get("probabilities")).hasSize(2);
    assertThat(
            result.prediction().at("/probabilities/0").asDouble()
                + result.prediction().at("/probabilities/1").asDouble())
        .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-4));
    assertThat(result.rollout().get("verdict").asString()).isEqualTo("healthy");
    assertThat(result.rollout().at("/canary/requests").asLong()).isGreaterThanOrEqualTo(80);
    assertThat(result.drift().at("/arms/0/drifted").valueStream().map(JsonNode::asString))
        .contains("distance");
    assertThat(result.waitedFor()).contains("AbTestShowsImprovement", "ApprovedByOthers");
    assertThat(result.abTest().get("verdict").asString()).isEqualTo("better");
    assertThat(result.stages()).containsEntry(1, "archived").containsEntry(2, "production");
  }
}
