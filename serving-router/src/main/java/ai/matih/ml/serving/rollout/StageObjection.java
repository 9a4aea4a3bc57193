package ai.matih.ml.serving.rollout;

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

/** Asks the stage rule about one share alone, as if everything else were in Production. */
public final class StageObjection {

  private static final long SOMETHING_ELSE = 0;

  private StageObjection() {}

  /** Why a version of this stage may not get this share; empty when it may. */
  public static Optional<String> to(StageRule rule, long version, Stage stage, Weight share) {
    if (share.equals(Weight.NONE)) {
      return Optional.empty();
    }
    List<Share> shares = new ArrayList<>();
    shares.add(new Share(version, "asked-for", "asked-for", share));
    int rest = Weight.ALL_BPS - share.bps();
    if (rest > 0) {
      shares.add(new Share(SOMETHING_ELSE, "other", Target.STABLE, new Weight(rest)));
    }
    return rule.objection(
        Split.NOTHING.reshared(shares), Map.of(version, stage, SOMETHING_ELSE, Stage.PRODUCTION));
  }
}
