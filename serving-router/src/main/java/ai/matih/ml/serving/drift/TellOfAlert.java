package ai.matih.ml.serving.drift;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.outbox.OutboxEvent;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.drift.DriftAlert.Outcome;
import java.util.Optional;

/** Has the registry tell the tenant's webhooks of an alert. */
final class TellOfAlert implements OutboxHandler {

  private final DriftWatches watches;
  private final AlertReceiver receiver;
  private final Transactions transactions;

  TellOfAlert(DriftWatches watches, AlertReceiver receiver, Transactions transactions) {
    this.watches = watches;
    this.receiver = receiver;
    this.transactions = transactions;
  }

  @Override
  public String type() {
    return WatchDrift.TELL;
  }

  @Override
  public void handle(OutboxEvent event) {
    String id = event.payload().required("alert_id").stringValue();
    boolean opened = event.payload().required("opened").booleanValue();
    Optional<DriftAlert> alert = transactions.call(() -> watches.find(id));
    if (alert.isEmpty()) {
      return;
    }
    DriftAlert told = told(alert.get(), opened);
    if (opened && told.reaction() == Reaction.WEBHOOK) {
      transactions.run(() -> watches.react(told));
    }
  }

  /** What is refused, because the model was deleted, is not told again. */
  private DriftAlert told(DriftAlert alert, boolean opened) {
    try {
      receiver.tell(alert, opened);
      return alert.reacted(Outcome.DONE, Optional.empty(), Optional.empty());
    } catch (EngineFailure.Refused refused) {
      return alert.reacted(
          Outcome.FAILED,
          Optional.of("The registry refused it with %d.".formatted(refused.status())),
          Optional.empty());
    }
  }
}
