package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.deployment.RolloutPlan.Strategy;
import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import ai.matih.ml.serving.deployment.RouterReports.RouterReport;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each unsettled deployment one step on: admit it, call it ready when every router answers
 * for it, roll it out, call it stopped when the drain is proved. Each step is one transaction under
 * the model's lock and calls nobody, so any router may do it and doing it twice does nothing the
 * second time.
 */
public final class ReconcileDeployments {

  private static final Logger log = LoggerFactory.getLogger(ReconcileDeployments.class);

  private final Deployments deployments;
  private final RouterReports reports;
  private final TrafficDocuments documents;
  private final Targets targets;
  private final Transactions transactions;
  private final StageRule rule;
  private final Duration loadingLimit;
  private final Clock clock;

  public ReconcileDeployments(
      Deployments deployments,
      RouterReports reports,
      TrafficDocuments documents,
      Targets targets,
      Transactions transactions,
      StageRule rule,
      Duration loadingLimit,
      Clock clock) {
    this.deployments = deployments;
    this.reports = reports;
    this.documents = documents;
    this.targets = targets;
    this.transactions = transactions;
    this.rule = rule;
    this.loadingLimit = loadingLimit;
    this.clock = clock;
  }

  /** One pass over what is unsettled; returns how many deployments took a step. */
  public int pass() {
    List<OwnedDeployment> unsettled = TenantScope.acrossTenants(deployments::unsettled);
    int steps = 0;
    for (OwnedDeployment owned : unsettled) {
      steps += stepSafely(owned) ? 1 : 0;
    }
    return steps;
  }

  /** One deployment's trouble is not the others'. */
  private boolean stepSafely(OwnedDeployment owned) {
    try {
      return TenantScope.call(
          owned.tenant(),
          () -> transactions.call(() -> step(owned.deployment().id(), owned.deployment())));
    } catch (RuntimeException e) {
      log.warn("deployment {} cannot take its next step now", owned.deployment().id(), e);
      return false;
    }
  }

  private boolean step(String id, Deployment seen) {
    TrafficDocument traffic = documents.lock(seen.model());
    Optional<Deployment> found = deployments.find(id);
    if (found.isEmpty()) {
      return false;
    }
    Deployment now = found.get();
    Optional<Deployment> next =
        switch (now.state()) {
          case PENDING -> Optional.of(move(now, DeploymentMove.ADMITTED, Optional.empty()));
          case LOADING -> loading(now);
          case READY -> rollOut(now, traffic);
          case DRAINING -> draining(now, traffic);
          case STOPPED, FAILED -> Optional.empty();
        };
    next.ifPresent(deployments::save);
    return next.isPresent();
  }

  private Optional<Deployment> loading(Deployment now) {
    List<RouterReport> fresh = fresh(now);
    for (RouterReport report : fresh) {
      if (report.loadState() == LoadState.FAILED) {
        return Optional.of(move(now, DeploymentMove.COULD_NOT_LOAD, report.failure()));
      }
    }
    if (!fresh.isEmpty()
        && fresh.stream().allMatch(report -> report.loadState() == LoadState.LOADED)) {
      return Optional.of(move(now, DeploymentMove.LOADED, Optional.empty()));
    }
    return now.stateSince().plus(loadingLimit).isBefore(clock.instant())
        ? Optional.of(
            move(
                now,
                DeploymentMove.COULD_NOT_LOAD,
                Optional.of("Not every router had it loaded within " + loadingLimit + ".")))
        : Optional.empty();
  }

  private Optional<Deployment> rollOut(Deployment now, TrafficDocument traffic) {
    RolloutPlan plan = now.rollout();
    if (plan.strategy() == Strategy.NONE) {
      return Optional.empty();
    }
    Split split;
    try {
      split = rolledOut(now, traffic.split());
    } catch (IllegalArgumentException e) {
      return Optional.of(
          now.rollingOut(
              RolloutPlan.NONE,
              Optional.of("The traffic stays as it is: " + e.getMessage() + ".")));
    }
    Optional<String> objection =
        split.targets().isEmpty()
            ? Optional.of("Nothing is left that the canary could run beside.")
            : rule.objection(
                split,
                targets.of(now.model()).stream()
                    .collect(Collectors.toMap(DeployedTarget::version, DeployedTarget::stage)));
    if (objection.isEmpty() && !split.equals(traffic.split())) {
      documents.publish(
          traffic, new TrafficChange(split, Cause.DEPLOYED, Optional.empty(), now.requestedBy()));
    }
    return Optional.of(
        now.rollingOut(
            RolloutPlan.NONE, objection.map(why -> "The traffic stays as it is. " + why)));
  }

  /** The split after the roll-out; nothing when a canary has nobody beside it. */
  private static Split rolledOut(Deployment now, Split split) {
    int share = now.rollout().weight().bps();
    List<Share> others =
        split.shares().stream()
            .filter(s -> s.version() != now.version() && s.weight().bps() > 0)
            .toList();
    if (now.rollout().strategy() == Strategy.DIRECT) {
      return split.reshared(List.of(new Share(now.version(), now.id(), Target.STABLE, Weight.ALL)));
    }
    if (others.isEmpty()) {
      return Split.NOTHING;
    }
    List<Share> shares = new ArrayList<>(scaled(others, Weight.ALL_BPS - share));
    shares.add(new Share(now.version(), now.id(), canaryName(others), now.rollout().weight()));
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
      result.add(
          new Share(share.version(), share.deploymentId(), share.variant(), new Weight(bps)));
    }
    Share receiver = result.get(largest);
    result.set(
        largest,
        new Share(
            receiver.version(),
            receiver.deploymentId(),
            receiver.variant(),
            new Weight(receiver.weight().bps() + sum - given)));
    return result;
  }

  private Optional<Deployment> draining(Deployment now, TrafficDocument traffic) {
    // A router that is overdue may still serve an old revision: its silence proves nothing.
    boolean proved =
        reports.about(now.model(), now.id()).stream()
            .allMatch(
                report ->
                    report.fresh()
                        && report.revision() >= traffic.revision()
                        && report.inFlight() == 0
                        && report.loadState() != LoadState.LOADING
                        && report.loadState() != LoadState.LOADED);
    return proved && traffic.split().weightOf(now.version()).equals(Weight.NONE)
        ? Optional.of(move(now, DeploymentMove.DRAINED, now.reason()))
        : Optional.empty();
  }

  private List<RouterReport> fresh(Deployment now) {
    return reports.about(now.model(), now.id()).stream().filter(RouterReport::fresh).toList();
  }

  private Deployment move(Deployment now, DeploymentMove move, Optional<String> why) {
    Instant at = clock.instant();
    return now.moved(move, at, why);
  }
}
