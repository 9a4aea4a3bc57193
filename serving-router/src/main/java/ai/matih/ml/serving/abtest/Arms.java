package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.DeployedTarget;
import ai.matih.ml.serving.traffic.Share;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.Target;
import ai.matih.ml.serving.traffic.TestArm;
import ai.matih.ml.serving.traffic.Weight;
import java.util.List;

/** How a test deals the buckets: the lower ones to control, the challenger's share above them. */
final class Arms {

  private Arms() {}

  static Split split(DeployedTarget control, DeployedTarget challenger, Weight weight) {
    return Split.NOTHING.reshared(
        List.of(
            new Share(
                control.version(),
                control.deploymentId(),
                Target.STABLE,
                new Weight(Weight.ALL_BPS - weight.bps())),
            new Share(
                challenger.version(), challenger.deploymentId(), TestArm.CHALLENGER, weight)));
  }

  static boolean isChallengers(long unit, Weight weight) {
    return Assignment.bucketOf(unit) >= Weight.ALL_BPS - weight.bps();
  }
}
