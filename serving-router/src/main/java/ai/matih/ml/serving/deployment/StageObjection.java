package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.traffic.Share;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.StageRule;
import ai.matih.ml.serving.traffic.Target;
import ai.matih.ml.serving.traffic.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the stage rule about a roll-out alone, as if everything else were in Production. */
final class StageObjection {

  private static final long SOMETHING_ELSE = 0;

  private StageObjection() {}

  static Optional<String> to(StageRule rule, long version, Stage stage, RolloutPlan plan) {
    if (plan.weight().bps() == 0) {
      return Optional.empty();
    }
    List<Share> shares = new ArrayList<>();
    shares.add(new Share(version, "rolled-out", "rolled-out", plan.weight()));
    int rest = Weight.ALL_BPS - plan.weight().bps();
    if (rest > 0) {
      shares.add(new Share(SOMETHING_ELSE, "other", Target.STABLE, new Weight(rest)));
    }
    return rule.objection(
        Split.NOTHING.reshared(shares), Map.of(version, stage, SOMETHING_ELSE, Stage.PRODUCTION));
  }
}
