package ai.matih.ml.common.outbox;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Held;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Events are stored with the change and delivered after it has committed, with growing pauses. */
public class Outbox implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final String TOPIC = "outbox";
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Signals signals;
  private final Map<String, OutboxHandler> handlers;
  private final Transactions transactions;
  private final Reconciler deliveries;

  public Outbox(
      JdbcClient sql,
      JsonMapper json,
      Signals signals,
      List<OutboxHandler> handlers,
      Transactions transactions,
      Reconcilers reconcilers) {
    this.sql = sql;
    this.json = json;
    this.signals = signals;
    this.handlers =
        handlers.stream().collect(Collectors.toMap(OutboxHandler::type, Function.identity()));
    this.transactions = transactions;
    this.deliveries =
        reconcilers
            .of("outbox", "outbox")
            .where("delivered_at is null")
            .dueAt("next_attempt_at")
            .wokenBy(TOPIC)
            .steps(this::deliver);
  }

  /**
   * Stores an event in the current transaction. Types without a handler in this service are
   * refused.
   */
  public void append(String type, String subject, Object payload) {
    if (!handlers.containsKey(type)) {
      throw new IllegalArgumentException("no handler delivers " + type);
    }
    sql.sql("insert into outbox (tenant, id, type, subject, payload) values (?, ?, ?, ?, ?::jsonb)")
        .params(
            TenantScope.require().slug(),
            UUID.randomUUID(),
            type,
            subject,
            json.writeValueAsString(payload))
        .update();
    signals.send(TOPIC);
  }

  private Duration deliver(Held row) {
    OutboxEvent event = transactions.call(() -> read(row.claim()));
    try {
      Objects.requireNonNull(handlers.get(event.type())).handle(event);
    } catch (RuntimeException e) {
      Duration pause =
          Duration.ofMillis(Math.min(MAX_PAUSE.toMillis(), 500L << Math.min(event.attempt(), 20)));
      log.warn(
          "{} of {} was not delivered (attempt {}), next in {} ms: {}",
          event.type(),
          event.subject(),
          event.attempt(),
          pause.toMillis(),
          e.toString());
      return pause;
    }
    transactions.run(() -> delivered(row.claim()));
    return Duration.ZERO;
  }

  private OutboxEvent read(Claim claim) {
    return sql.sql("update outbox set attempts = attempts + 1 where id = ?::uuid returning *")
        .param(claim.id())
        .query(
            (row, _) ->
                new OutboxEvent(
                    row.getObject("id", UUID.class),
                    claim.tenant(),
                    row.getString("type"),
                    row.getString("subject"),
                    json.readTree(row.getString("payload")),
                    row.getInt("attempts")))
        .single();
  }

  private void delivered(Claim claim) {
    sql.sql("update outbox set delivered_at = now() where id = ?::uuid and epoch = ?")
        .params(claim.id(), claim.epoch())
        .update();
  }

  @Override
  public void start() {
    deliveries.start();
  }

  @Override
  public void stop(Runnable ended) {
    deliveries.stop(ended);
  }

  @Override
  public void stop() {
    deliveries.stop();
  }

  @Override
  public boolean isRunning() {
    return deliveries.isRunning();
  }
}
