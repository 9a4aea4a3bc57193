package ai.matih.ml.common.outbox;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
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
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Events are stored with the change and delivered after it has committed, with growing pauses. */
public class Outbox implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final String TOPIC = "outbox";
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Signals signals;
  private final Map<String, OutboxHandler> handlers;
  private final TransactionTemplate transaction;
  private final Claims claims;
  private final Loop loop;

  public Outbox(
      JdbcClient sql,
      JsonMapper json,
      Signals signals,
      List<OutboxHandler> handlers,
      PlatformTransactionManager transactions) {
    this.sql = sql;
    this.json = json;
    this.signals = signals;
    this.handlers =
        handlers.stream().collect(Collectors.toMap(OutboxHandler::type, Function.identity()));
    this.transaction = new TransactionTemplate(transactions);
    this.claims = new Claims(sql, transactions, "outbox", "delivered_at is null", "created_at");
    this.loop = new Loop("outbox", Duration.ofSeconds(15), this::deliverRound);
    signals.listen(TOPIC, loop::wake);
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

  private int deliverRound() {
    List<Claim> claimed = claims.take(20, LEASE);
    claimed.forEach(claim -> TenantScope.run(claim.tenant(), () -> deliver(claim)));
    return claimed.size();
  }

  private void deliver(Claim claim) {
    OutboxEvent event = Objects.requireNonNull(transaction.execute(_ -> read(claim)));
    try {
      Objects.requireNonNull(handlers.get(event.type())).handle(event);
      finish(claim);
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
      claims.postpone(claim, pause);
      // The round that follows at once finds nothing and then waits this long.
      loop.wakeAfter(pause);
    }
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

  private void finish(Claim claim) {
    transaction.executeWithoutResult(
        _ ->
            sql.sql(
                    "update outbox set delivered_at = now(), leased_until = null where id = ?::uuid and epoch = ?")
                .params(claim.id(), claim.epoch())
                .update());
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void stop() {
    loop.stop();
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }
}
