package ai.matih.ml.serving.traffic;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The three ways back. They need nothing but the database, so that they work on the worst day, and
 * none ever points at a target that is not ready.
 */
public final class ReturnTraffic {

  private static final int PAGE = 100;

  private final TrafficDocuments documents;
  private final Targets targets;
  private final StageRule rule;
  private final Transactions transactions;

  public ReturnTraffic(
      TrafficDocuments documents, Targets targets, StageRule rule, Transactions transactions) {
    this.documents = documents;
    this.targets = targets;
    this.rule = rule;
    this.transactions = transactions;
  }

  /** All traffic to the stable target. Done already, it changes nothing and answers the same. */
  public TrafficDocument toStable(ModelId model, Optional<String> reason, String by) {
    return under(
        model,
        before -> {
          Target stable =
              before
                  .split()
                  .stable()
                  .orElseThrow(
                      () ->
                          new Problem(
                              ServingError.NO_STABLE_TARGET,
                              "No target is named stable; PUT the traffic that you want."));
          requireReady(stable, deployed(model).get(stable.version()));
          if (stable.weight().equals(Weight.ALL)) {
            return before;
          }
          Split split =
              before
                  .split()
                  .reshared(
                      List.of(
                          new Share(
                              stable.version(),
                              stable.deploymentId(),
                              stable.variant(),
                              Weight.ALL)));
          return documents.publish(before, new TrafficChange(split, Cause.ABORTED, reason, by));
        });
  }

  /** The split of the revision before, with the very buckets it had. */
  public TrafficDocument toPrevious(ModelId model, Optional<String> reason, String by) {
    return under(
        model,
        before -> {
          Map<Long, DeployedTarget> deployed = deployed(model);
          TrafficDocument previous = previous(model, before);
          Split split = onTodaysDeployments(previous.split(), deployed);
          Map<Long, Stage> stages =
              deployed.values().stream()
                  .collect(Collectors.toMap(DeployedTarget::version, DeployedTarget::stage));
          rule.objection(split, stages)
              .ifPresent(
                  objection -> {
                    throw new Problem(ServingError.STAGE_FORBIDS, objection);
                  });
          return documents.publish(
              before,
              new TrafficChange(split, Cause.ROLLED_BACK, reason, by).saltedWith(previous.salt()));
        });
  }

  /**
   * All traffic to this version, in one revision; a canary or a test that runs beside it ends. The
   * same restore again answers with the revision that it made, whatever came later.
   *
   * @param restoreId the caller's name for this restore
   */
  public TrafficDocument toVersion(
      ModelId model, long version, String reason, String restoreId, String by) {
    return under(
        model,
        before ->
            documents
                .restored(model, restoreId)
                .map(made -> requireSameVersion(made, version, restoreId))
                .orElseGet(() -> restore(before, version, reason, restoreId, by)));
  }

  private static TrafficDocument requireSameVersion(
      TrafficDocument made, long version, String restoreId) {
    if (!made.split().weightOf(version).equals(Weight.ALL)) {
      throw new Problem(
              CommonError.IDEMPOTENCY_KEY_REUSED,
              "The restore %s was made for another version.".formatted(restoreId))
          .with("restore_id", restoreId);
    }
    return made;
  }

  private TrafficDocument restore(
      TrafficDocument before, long version, String reason, String restoreId, String by) {
    @Nullable DeployedTarget deployed = deployed(before.model()).get(version);
    if (deployed == null) {
      throw TrafficProblems.notDeployed(version);
    }
    if (!deployed.ready()) {
      throw TrafficProblems.notReady(version).with("deployment_id", deployed.deploymentId());
    }
    Split split =
        before
            .split()
            .reshared(
                List.of(new Share(version, deployed.deploymentId(), Target.STABLE, Weight.ALL)));
    rule.objection(split, Map.of(version, deployed.stage()))
        .ifPresent(
            objection -> {
              throw new Problem(ServingError.STAGE_FORBIDS, objection)
                  .with("stage", deployed.stage().wireName());
            });
    return documents.publish(
        before,
        new TrafficChange(split, Cause.RESTORED, Optional.of(reason), by).restoring(restoreId));
  }

  /** The newest earlier split that sent traffic and differs from today's. */
  private TrafficDocument previous(ModelId model, TrafficDocument now) {
    long below = now.revision();
    while (true) {
      List<TrafficDocument> page = documents.history(model, below, PAGE);
      for (TrafficDocument document : page) {
        if (!document.split().equals(now.split()) && !document.split().targets().isEmpty()) {
          return document;
        }
      }
      if (page.size() < PAGE) {
        throw new Problem(
            ServingError.NOTHING_TO_ROLL_BACK_TO, "The traffic was never different from today's.");
      }
      below = page.getLast().revision();
    }
  }

  private TrafficDocument under(ModelId model, UnaryOperator<TrafficDocument> decision) {
    if (documents.current(model).isEmpty()) {
      throw TrafficProblems.notServed(model);
    }
    return transactions.call(() -> decision.apply(documents.lock(model)));
  }

  /**
   * The same buckets, on the deployments that these versions have now; all of them must be ready.
   */
  private static Split onTodaysDeployments(Split split, Map<Long, DeployedTarget> deployed) {
    return new Split(
        split.targets().stream()
            .map(
                target -> {
                  @Nullable DeployedTarget today = deployed.get(target.version());
                  requireReady(target, today);
                  return new Target(
                      target.version(),
                      today == null ? target.deploymentId() : today.deploymentId(),
                      target.variant(),
                      target.weight(),
                      target.buckets());
                })
            .toList());
  }

  private Map<Long, DeployedTarget> deployed(ModelId model) {
    return targets.of(model).stream()
        .collect(Collectors.toMap(DeployedTarget::version, target -> target));
  }

  private static void requireReady(Target target, @Nullable DeployedTarget deployed) {
    if (target.weight().bps() > 0 && (deployed == null || !deployed.ready())) {
      throw TrafficProblems.notReady(target.version());
    }
  }
}
