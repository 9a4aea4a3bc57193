package ai.matih.ml.registry.emergency;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.promotion.PromotionSettings;
import ai.matih.ml.registry.promotion.Verdict;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the traffic of a roll-back follow its stages. The router is asked for a restore that is
 * named by the roll-back, so that a lost reply or a crash is settled by asking again.
 */
public final class MoveTraffic {

  private static final Logger log = LoggerFactory.getLogger(MoveTraffic.class);

  private record Step(Rollback.State state, Verdict verdict) {}

  private final Rollbacks rollbacks;
  private final RecordRollback record;
  private final ServingRouter router;
  private final PromotionSettings settings;
  private final ModelTransactions transactions;

  public MoveTraffic(
      Rollbacks rollbacks,
      RecordRollback record,
      ServingRouter router,
      PromotionSettings settings,
      ModelTransactions transactions) {
    this.rollbacks = rollbacks;
    this.record = record;
    this.router = router;
    this.settings = settings;
    this.transactions = transactions;
  }

  /** Takes the next step, if there is one; running it twice does nothing the second time. */
  public void advance(UUID id) {
    Optional<Rollback> seen =
        transactions.call(
            () -> {
              rollbacks.dueIn(id, settings.checkEvery());
              return moving(id);
            });
    if (seen.isEmpty()) {
      return;
    }
    Step step = ask(seen.get());
    transactions.runLocked(
        seen.get().model(), () -> moving(id).ifPresent(rollback -> store(rollback, step)));
  }

  private Optional<Rollback> moving(UUID id) {
    return rollbacks.find(id).filter(rollback -> rollback.state() == Rollback.State.MOVING);
  }

  private Step ask(Rollback rollback) {
    try {
      long revision =
          router.restoreTraffic(rollback.model(), rollback.to(), rollback.reason(), rollback.id());
      return new Step(
          Rollback.State.COMPLETED,
          Verdict.met("Moved", "All traffic goes to version %s.".formatted(rollback.to()))
              .with("traffic_revision", revision));
    } catch (EngineFailure.Refused refused) {
      boolean enough =
          !transactions.now().isBefore(rollback.startedAt().plus(settings.rollbackGivesUpAfter()));
      String why =
          "The router refused to give version %s the traffic (%d); is it deployed and ready?"
              .formatted(rollback.to(), refused.status());
      return enough
          ? new Step(Rollback.State.FAILED, Verdict.barred("Refused", why))
          : new Step(Rollback.State.MOVING, Verdict.notMet("Refused", why));
    } catch (EngineFailure failure) {
      log.info("The traffic of {} waits: {}", rollback.path(), failure.getMessage());
      return new Step(
          Rollback.State.MOVING,
          Verdict.unknown("%s gave no answer; it is asked again.".formatted(failure.engine())));
    }
  }

  private void store(Rollback rollback, Step step) {
    Rollback after = rollback.traffic(step.state(), step.verdict(), transactions.now());
    if (after.state() == Rollback.State.MOVING) {
      rollbacks.save(after);
      return;
    }
    record.end(after);
    if (after.state() == Rollback.State.FAILED) {
      log.warn("{}: {}", after.path(), step.verdict().message());
    }
  }
}
