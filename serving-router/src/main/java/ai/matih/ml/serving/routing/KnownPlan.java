package ai.matih.ml.serving.routing;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.deployment.Deployments;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plan as this router knows it: from the database when that answers, else the last one, from
 * memory or from its own disk. Used by one thread; only staleness is read by others.
 */
final class KnownPlan {

  private static final Logger log = LoggerFactory.getLogger(KnownPlan.class);

  private final Deployments deployments;
  private final TrafficDocuments traffic;
  private final Transactions transactions;
  private final PlanFile file;
  private final Clock clock;

  private @Nullable Plan written;
  private volatile @Nullable Instant staleSince;

  KnownPlan(
      Deployments deployments,
      TrafficDocuments traffic,
      Transactions transactions,
      PlanFile file,
      Clock clock) {
    this.deployments = deployments;
    this.traffic = traffic;
    this.transactions = transactions;
    this.file = file;
    this.clock = clock;
  }

  /** What was served last, when this router starts. */
  Optional<Plan> onDisk() {
    return file.read();
  }

  /** What is wanted now; empty while the database is away. */
  Optional<Plan> read() {
    try {
      Plan plan =
          TenantScope.acrossTenants(
              () -> transactions.call(() -> new Plan(deployments.held(), traffic.all())));
      if (staleSince != null) {
        log.info("the database is back");
        staleSince = null;
      }
      return Optional.of(plan);
    } catch (RuntimeException e) {
      markStale(e);
      return Optional.empty();
    }
  }

  /** Notes that the database did not answer. */
  void markStale(RuntimeException cause) {
    if (staleSince == null) {
      staleSince = clock.instant();
      log.warn("the database is away, going on with what is known: {}", cause.toString());
    }
  }

  /** Keeps a plan that is served completely, for a start without the database. */
  void keep(Plan plan) {
    if (!plan.equals(written)) {
      file.write(plan);
      written = plan;
    }
  }

  /** Since when the plan could not be refreshed; empty while it is fresh. */
  Optional<Instant> staleSince() {
    return Optional.ofNullable(staleSince);
  }
}
