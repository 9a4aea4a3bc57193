package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.rollout.GradualRollout.Stable;
import ai.matih.ml.serving.rollout.GradualRollout.Wait;
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
 * Gives a canary its share of the traffic and takes it back. Runs in the caller's transaction,
 * under the model's lock; never points at a target that is not ready.
 */
public final class CanaryTraffic {

  private static final String CANARY = "canary";

  private final TrafficDocuments documents;
  private final Targets targets;
  private final StageRule rule;

  public CanaryTraffic(TrafficDocuments documents, Targets targets, StageRule rule) {
    this.documents = documents;
    this.targets = targets;
    this.rule = rule;
  }

  /** The deployment of a version, if it has one that has not ended. */
  Optional<DeployedTarget> deployed(ModelId model, long version) {
    return targets.of(model).stream().filter(target -> target.version() == version).findFirst();
  }

  /** The one other version that gets traffic, or a refusal. */
  Stable stable(ModelId model, long version, TrafficDocument traffic) {
    List<Target> others =
        traffic.split().targets().stream()
            .filter(target -> target.version() != version && target.weight().bps() > 0)
            .toList();
    if (others.isEmpty()) {
      throw new Problem(
          ServingError.NO_STABLE_TARGET,
          "No other version gets traffic that version %d could be compared with."
              .formatted(version));
    }
    if (others.size() > 1) {
      throw new Problem(
          ServingError.TRAFFIC_SHARED,
          "Versions %s share the traffic; a roll-out compares two versions, so leave it to one first."
              .formatted(
                  others.stream()
                      .map(target -> String.valueOf(target.version()))
                      .collect(Collectors.joining(", "))));
    }
    Target only = others.getFirst();
    return new Stable(only.version(), only.deploymentId());
  }

  /** Why the canary may not have this share now; empty when it may. */
  Optional<Wait> objection(GradualRollout rollout, Stable stable, Weight weight) {
    return objection(rollout.model(), rollout.version(), rollout.deploymentId(), stable, weight);
  }

  /** The same before there is a roll-out. */
  Optional<Wait> objection(
      ModelId model, long version, String deploymentId, Stable stable, Weight weight) {
    List<DeployedTarget> deployed = targets.of(model);
    if (!isReady(deployed, deploymentId)) {
      return Optional.of(
          new Wait(
              "target_not_ready",
              "Version %d has no deployment that is ready.".formatted(version)));
    }
    if (weight.bps() < Weight.ALL_BPS && !isReady(deployed, stable.deploymentId())) {
      return Optional.of(
          new Wait(
              "target_not_ready",
              "Version %d has no deployment that is ready.".formatted(stable.version())));
    }
    return rule.objection(
            Split.NOTHING.reshared(shares(version, deploymentId, stable, weight)),
            deployed.stream()
                .collect(Collectors.toMap(DeployedTarget::version, DeployedTarget::stage)))
        .map(objection -> new Wait("stage_forbids", objection));
  }

  /** Publishes the canary's share. */
  TrafficDocument give(
      GradualRollout rollout,
      Stable stable,
      Weight weight,
      TrafficDocument traffic,
      String by,
      String why) {
    Split split =
        traffic.split().reshared(shares(rollout.version(), rollout.deploymentId(), stable, weight));
    return split.equals(traffic.split())
        ? traffic
        : documents.publish(
            traffic, new TrafficChange(split, Cause.ADVANCED, Optional.of(why), by));
  }

  /** Whether the stable version could take everything back. */
  boolean canReturn(GradualRollout rollout) {
    return rollout.stable().isPresent()
        && isReady(targets.of(rollout.model()), rollout.stable().get().deploymentId());
  }

  /** Gives everything back to the stable version. */
  void giveBack(GradualRollout rollout, TrafficDocument traffic, String by, String why) {
    Stable stable = rollout.stable().orElseThrow();
    Split split =
        traffic
            .split()
            .reshared(
                List.of(
                    new Share(stable.version(), stable.deploymentId(), Target.STABLE, Weight.ALL)));
    if (!split.equals(traffic.split())) {
      documents.publish(traffic, new TrafficChange(split, Cause.ABORTED, Optional.of(why), by));
    }
  }

  private static boolean isReady(List<DeployedTarget> deployed, String deploymentId) {
    return deployed.stream()
        .anyMatch(target -> target.deploymentId().equals(deploymentId) && target.ready());
  }

  private static List<Share> shares(
      long version, String deploymentId, Stable stable, Weight weight) {
    List<Share> shares = new ArrayList<>();
    int rest = Weight.ALL_BPS - weight.bps();
    if (rest > 0) {
      shares.add(
          new Share(stable.version(), stable.deploymentId(), Target.STABLE, new Weight(rest)));
    }
    shares.add(new Share(version, deploymentId, rest > 0 ? CANARY : Target.STABLE, weight));
    return shares;
  }
}
