package ai.matih.ml.serving.abtest;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.DeployedTarget;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.TestArm;
import ai.matih.ml.serving.traffic.Weight;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arms of a test ... */
class ArmsTests {

  @ParameterizedTest
  @ValueSource(ints = {1, 500, 5_000, 9_999})
  void are_the_same_by_the_traffic_and_by_the_hash(int bps) {
    Weight weight = new Weight(bps);
    Split split =
        Arms.split(
            new DeployedTarget(1, "d1", true, Stage.PRODUCTION, "sha256:a"),
            new DeployedTarget(2, "d2", true, Stage.STAGING, "sha256:b"),
            weight);
    Assignment assignment = new Assignment("salt", split);
    assertThat(split.target(2).orElseThrow().variant()).isEqualTo(TestArm.CHALLENGER);
    assertThat(split.stable().orElseThrow().version()).isEqualTo(1);
    for (long hash = 0; hash < Weight.ALL_BPS; hash++) {
      boolean byTraffic = assignment.target(Assignment.bucketOf(hash)) == 1;
      assertThat(Arms.isChallengers(hash, weight)).isEqualTo(byTraffic);
    }
  }
}
