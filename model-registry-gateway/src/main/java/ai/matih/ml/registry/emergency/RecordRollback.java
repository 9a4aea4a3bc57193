package ai.matih.ml.registry.emergency;

import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.ProductionListener;
import ai.matih.ml.registry.promotion.StageEvents;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.Verdict;
import java.util.Map;
import java.util.UUID;

/** Begins a roll-back when the stages have moved, and ends it. */
public final class RecordRollback implements ProductionListener {

  private final Rollbacks rollbacks;
  private final StageEvents events;
  private final ModelTransactions transactions;

  public RecordRollback(Rollbacks rollbacks, StageEvents events, ModelTransactions transactions) {
    this.rollbacks = rollbacks;
    this.events = events;
    this.transactions = transactions;
  }

  /** Traffic that has yet to move for an earlier roll-back is left as it is. */
  @Override
  public void changes(ModelVersion next) {
    rollbacks
        .moving(next.model())
        .ifPresent(
            rollback ->
                end(
                    rollback.traffic(
                        Rollback.State.FAILED,
                        Verdict.barred(
                            "Overtaken",
                            "Version %s became Production meanwhile; the traffic is left as it is."
                                .formatted(next.number())),
                        transactions.now())));
  }

  @Override
  public void rolledBack(Transition completed, VersionNumber restored, String by, String reason) {
    Rollback rollback =
        Rollback.started(UUID.randomUUID(), completed, restored, by, reason, transactions.now());
    rollbacks.add(rollback);
    transactions.record(
        "rollback.started",
        rollback.path(),
        Map.of(
            "from", rollback.from(),
            "to", rollback.to(),
            "transition", completed.id(),
            "reason", rollback.reason()));
    events.wake();
  }

  void end(Rollback ended) {
    rollbacks.save(ended);
    transactions.record(
        ended.state() == Rollback.State.COMPLETED ? "rollback.completed" : "rollback.failed",
        ended.path(),
        Map.of("to", ended.to(), "reason", ended.conditions().getLast().message()));
  }
}
