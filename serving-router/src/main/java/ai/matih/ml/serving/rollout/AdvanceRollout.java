package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.traffic.DeployedTarget;
import ai.matih.ml.serving.traffic.Share;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.StageRule;
import ai.matih.ml.serving.traffic.Target;
import ai.matih.ml.serving.traffic.Targets;
import ai.matih.ml.serving.traffic.TrafficChange;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import ai.matih.ml.serving.traffic.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes the next step of a roll-out: the version gets the step's weight, and the others keep their
 * proportions. A step that is not allowed ends the roll-out and leaves the traffic as it is.
 */
public final class AdvanceRollout {

  private final TrafficDocuments documents;
  private final Targets targets;
  private final StageRule rule;

  public AdvanceRollout(TrafficDocuments documents, Targets targets, StageRule rule) {
    this.documents = documents;
    this.targets = targets;
    this.rule = rule;
  }

  /**
   * What came of a step.
   *
   * @param plan what is left
   * @param objection why the traffic stays as it is; empty when the step was taken
   */
  public record Advanced(RolloutPlan plan, Optional<String> objection) {}

  /**
   * Takes the next step of a plan that is not over, of a deployment that is ready. Runs in the
   * caller's transaction, under the model's lock.
   */
  public Advanced advance(Rollout rollout, TrafficDocument traffic) {
    Split split;
    try {
      split = splitAfter(rollout, traffic.split());
    } catch (IllegalArgumentException e) {
      return refused(rollout, "The traffic stays as it is: " + e.getMessage() + ".");
    }
    Optional<String> objection =
        split.targets().isEmpty()
            ? Optional.of("Nothing is left that the canary could run beside.")
            : rule.objection(
                split,
                targets.of(traffic.model()).stream()
                    .collect(Collectors.toMap(DeployedTarget::version, DeployedTarget::stage)));
    if (objection.isPresent()) {
      return refused(rollout, "The traffic stays as it is. " + objection.get());
    }
    if (!split.equals(traffic.split())) {
      documents.publish(
          traffic,
          new TrafficChange(split, Cause.DEPLOYED, Optional.empty(), rollout.requestedBy()));
    }
    return new Advanced(rollout.plan().afterNextStep(), Optional.empty());
  }

  private static Advanced refused(Rollout rollout, String why) {
    return new Advanced(rollout.plan().ended(), Optional.of(why));
  }

  /** The split after the step; nothing when a canary has nobody beside it. */
  private static Split splitAfter(Rollout rollout, Split split) {
    Weight weight = rollout.plan().nextWeight();
    if (weight.equals(Weight.ALL)) {
      return split.reshared(
          List.of(new Share(rollout.version(), rollout.deploymentId(), Target.STABLE, Weight.ALL)));
    }
    List<Share> others =
        split.shares().stream()
            .filter(s -> s.version() != rollout.version() && s.weight().bps() > 0)
            .toList();
    if (others.isEmpty()) {
      return Split.NOTHING;
    }
    List<Share> shares = new ArrayList<>(scaled(others, Weight.ALL_BPS - weight.bps()));
    shares.add(new Share(rollout.version(), rollout.deploymentId(), canaryName(others), weight));
    return split.reshared(shares);
  }

  private static String canaryName(List<Share> others) {
    return others.stream().noneMatch(s -> s.variant().equals("canary"))
        ? "canary"
        : "canary-" + (others.size() + 1);
  }

  /** Shrinks or grows shares to a new sum in proportion; the largest takes what rounding leaves. */
  private static List<Share> scaled(List<Share> shares, int sum) {
    int before = shares.stream().mapToInt(s -> s.weight().bps()).sum();
    List<Share> result = new ArrayList<>();
    int given = 0;
    int largest = 0;
    for (int i = 0; i < shares.size(); i++) {
      Share share = shares.get(i);
      int bps = (int) ((long) share.weight().bps() * sum / before);
      given += bps;
      largest =
          bps > result.stream().mapToInt(s -> s.weight().bps()).max().orElse(-1) ? i : largest;
      result.add(share.weighing(new Weight(bps)));
    }
    Share receiver = result.get(largest);
    result.set(largest, receiver.weighing(new Weight(receiver.weight().bps() + sum - given)));
    return result;
  }
}
