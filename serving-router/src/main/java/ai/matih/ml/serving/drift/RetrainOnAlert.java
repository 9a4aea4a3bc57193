package ai.matih.ml.serving.drift;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.outbox.OutboxEvent;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.drift.DriftAlert.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Submits the training job of an alert, once: the alert's id is the key, whichever replica sends it
 * how often. A job that is refused is not tried again.
 */
final class RetrainOnAlert implements OutboxHandler {

  /** The orchestrator remembers keys for three days; nothing is sent when it may have forgotten. */
  private static final Duration PATIENCE = Duration.ofDays(2);

  private final DriftWatches watches;
  private final TrainingJobs jobs;
  private final Transactions transactions;
  private final Clock clock;

  RetrainOnAlert(DriftWatches watches, TrainingJobs jobs, Transactions transactions, Clock clock) {
    this.watches = watches;
    this.jobs = jobs;
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public String type() {
    return WatchDrift.RETRAIN;
  }

  @Override
  public void handle(OutboxEvent event) {
    String id = event.payload().required("alert_id").stringValue();
    Optional<DriftAlert> found = transactions.call(() -> watches.find(id));
    if (found.isEmpty() || found.get().outcome() != Outcome.PENDING) {
      return;
    }
    DriftAlert alert = found.get();
    DriftAlert reacted = submit(alert);
    transactions.run(() -> watches.react(reacted));
  }

  private DriftAlert submit(DriftAlert alert) {
    Optional<WatchSettings.Retraining> retraining =
        transactions.call(() -> watches.document(alert.model())).settings().retraining();
    if (retraining.isEmpty()) {
      return failed(alert, "The settings have no training job any more.");
    }
    if (alert.openedAt().plus(PATIENCE).isBefore(clock.instant())) {
      return failed(alert, "The training orchestrator was away for two days.");
    }
    try {
      String job = jobs.submit("drift-" + alert.id(), retraining.get().job());
      return alert.reacted(Outcome.DONE, Optional.empty(), Optional.of(job));
    } catch (EngineFailure.Refused refused) {
      return failed(
          alert,
          "The training orchestrator refused the job with %d; submit it by hand to see why."
              .formatted(refused.status()));
    }
  }

  private static DriftAlert failed(DriftAlert alert, String why) {
    return alert.reacted(Outcome.FAILED, Optional.of(why), Optional.empty());
  }
}
