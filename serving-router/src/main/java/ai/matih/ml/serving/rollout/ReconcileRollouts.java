package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the roll-outs that wait and looks at those that are under way. Any router may do it: each
 * roll-out is handed to one at a time.
 */
public final class ReconcileRollouts {

  private static final Logger log = LoggerFactory.getLogger(ReconcileRollouts.class);
  private static final int AT_ONCE = 20;

  private final GradualRollouts rollouts;
  private final StartRollout start;
  private final LookAtRollout look;
  private final Transactions transactions;
  private final RolloutSettings settings;
  private final Clock clock;

  public ReconcileRollouts(
      GradualRollouts rollouts,
      StartRollout start,
      LookAtRollout look,
      Transactions transactions,
      RolloutSettings settings,
      Clock clock) {
    this.rollouts = rollouts;
    this.start = start;
    this.look = look;
    this.transactions = transactions;
    this.settings = settings;
    this.clock = clock;
  }

  /** One pass over the roll-outs that are due; how many of them moved. */
  public int pass() {
    Instant now = clock.instant();
    List<OwnedRollout> due =
        TenantScope.acrossTenants(
            () ->
                transactions.call(
                    () -> rollouts.due(now.minus(settings.lookInterval()), now, AT_ONCE)));
    int moved = 0;
    for (OwnedRollout owned : due) {
      moved += safely(owned) ? 1 : 0;
    }
    return moved;
  }

  /** One roll-out's trouble is not the others'. */
  private boolean safely(OwnedRollout owned) {
    try {
      return TenantScope.call(
          owned.tenant(),
          () ->
              owned.rollout().isUnderWay()
                  ? look.look(owned.rollout())
                  : start.step(owned.rollout()));
    } catch (RuntimeException e) {
      log.warn("roll-out {} cannot take its next step now", owned.rollout().id(), e);
      return false;
    }
  }
}
