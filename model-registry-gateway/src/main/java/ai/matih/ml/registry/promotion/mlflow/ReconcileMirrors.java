package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.outbox.OutboxEvent;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.promotion.mlflow.MirrorModel.Result;
import ai.matih.ml.registry.promotion.mlflow.Mirrors.State;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compares each mirrored model from time to time, and at once after a change of our own, one
 * replica at a time; notes, counts and audits what was found changed.
 */
@Component
class ReconcileMirrors implements OutboxHandler {

  static final String TOPIC = "mirror";
  private static final Logger log = LoggerFactory.getLogger(ReconcileMirrors.class);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);
  private static final int MOST_AUDITED = 20;

  private final Mirrors mirrors;
  private final MirrorModel mirror;
  private final Signals signals;
  private final Audit audit;
  private final MeterRegistry meters;
  private final Transactions transactions;
  private final MirrorSettings settings;

  ReconcileMirrors(
      Mirrors mirrors,
      MirrorModel mirror,
      Signals signals,
      Audit audit,
      MeterRegistry meters,
      Transactions transactions,
      MirrorSettings settings) {
    this.mirrors = mirrors;
    this.mirror = mirror;
    this.signals = signals;
    this.audit = audit;
    this.meters = meters;
    this.transactions = transactions;
    this.settings = settings;
  }

  @Override
  public String type() {
    return "model.mirror";
  }

  /** Only asks for a comparison; the row keeps that until one has gone through. */
  @Override
  public void handle(OutboxEvent event) {
    ModelId model = new ModelId(event.payload().required("model_id").stringValue());
    transactions.run(
        () -> {
          mirrors.ask(model);
          signals.send(TOPIC);
        });
  }

  /** Compares one model; says how long to wait when that has to be repeated. */
  Duration compare(Claim claim) {
    Optional<State> state = mirrors.find(claim);
    if (state.isEmpty()) {
      return Duration.ZERO;
    }
    State seen = state.get();
    try {
      Result result = mirror.compare(seen.model(), seen.written());
      transactions.run(() -> note(claim, seen, result));
      meters.counter("matih.registry.mirror.looks", "outcome", "done").increment();
      return Duration.ZERO;
    } catch (EngineFailure failure) {
      Duration pause = pause(seen.failures());
      log.info("The mirror of {} waits {}: {}", seen.model(), pause, failure.getMessage());
      mirrors.fail(claim, "%s gave no usable answer.".formatted(failure.engine()), pause);
      meters.counter("matih.registry.mirror.looks", "outcome", "failed").increment();
      return pause;
    }
  }

  private static Duration pause(int failures) {
    return Duration.ofMillis(Math.min(MAX_PAUSE.toMillis(), 500L << Math.min(failures, 20)));
  }

  private void note(Claim claim, State seen, Result result) {
    List<Finding> fresh = new ArrayList<>(result.unmanaged());
    fresh.removeAll(seen.unmanaged());
    List<Finding> found = new ArrayList<>(result.drift());
    found.addAll(fresh);
    if (!mirrors.finish(claim, seen, result.written(), result.unmanaged(), found, next())) {
      return;
    }
    if (!found.isEmpty()) {
      audit.record(
          "mirror.drifted",
          "models/" + seen.model(),
          Map.of("found", found.stream().limit(MOST_AUDITED).toList(), "count", found.size()));
      found.forEach(
          finding ->
              meters
                  .counter(
                      "matih.registry.mirror.drift",
                      "kind",
                      finding.kind().name().toLowerCase(java.util.Locale.ROOT),
                      "repaired",
                      Boolean.toString(finding.repaired()))
                  .increment());
    }
  }

  /** Spread out, so that models that were made together are not compared together for ever. */
  private Duration next() {
    long every = settings.every().toMillis();
    return Duration.ofMillis(
        every * 4 / 5 + RandomGenerator.getDefault().nextLong(every * 2 / 5 + 1));
  }
}
