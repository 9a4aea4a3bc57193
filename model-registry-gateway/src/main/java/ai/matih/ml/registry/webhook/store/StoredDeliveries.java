package ai.matih.ml.registry.webhook.store;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.webhook.CloudEvent;
import ai.matih.ml.registry.webhook.Deliveries;
import ai.matih.ml.registry.webhook.Delivery;
import ai.matih.ml.registry.webhook.Sender.Outcome;
import ai.matih.ml.registry.webhook.WebhookSettings;
import ai.matih.ml.registry.webhook.Webhooks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredDeliveries implements Deliveries {

  private static final String SELECT =
      "select d.*, e.type as event_type from webhook_delivery d join webhook_event e on e.id = d.event_id ";

  private final JdbcClient sql;
  private final Webhooks webhooks;
  private final Signals signals;
  private final WebhookSettings settings;

  StoredDeliveries(JdbcClient sql, Webhooks webhooks, Signals signals, WebhookSettings settings) {
    this.sql = sql;
    this.webhooks = webhooks;
    this.signals = signals;
    this.settings = settings;
  }

  @Override
  public void add(CloudEvent event, List<UUID> to) {
    sql.sql(
            "insert into webhook_event (tenant, id, type, body, created_at) values (?, ?, ?, ?, now())")
        .params(tenant(), event.id(), event.type(), event.body())
        .update();
    to.forEach(webhook -> insert(webhook, event.id(), null));
    signals.send(TOPIC);
  }

  @Override
  public Delivery replay(Delivery delivery) {
    UUID id = insert(delivery.webhook(), delivery.event(), delivery.id());
    signals.send(TOPIC);
    return find(delivery.webhook(), id).orElseThrow();
  }

  private UUID insert(UUID webhook, UUID event, @Nullable UUID replayOf) {
    UUID id = UUID.randomUUID();
    sql.sql(
            """
            insert into webhook_delivery (tenant, id, webhook_id, event_id, state, created_at, next_attempt_at, give_up_at, replay_of)
            values (?, ?, ?, ?, 'PENDING', clock_timestamp(), now(), now() + ? * interval '1 millisecond', ?::uuid)
            """)
        .param(tenant())
        .param(id)
        .param(webhook)
        .param(event)
        .param(settings.giveUpAfter().toMillis())
        .param(replayOf == null ? null : replayOf.toString())
        .update();
    return id;
  }

  @Override
  public Optional<Delivery> find(UUID webhook, UUID id) {
    return sql.sql(SELECT + "where d.tenant = ? and d.webhook_id = ? and d.id = ?")
        .params(tenant(), webhook, id)
        .query(StoredDeliveries::read)
        .optional();
  }

  @Override
  public List<Delivery> list(
      UUID webhook, Optional<UUID> after, Optional<Delivery.State> state, int limit) {
    String last = after.map(UUID::toString).orElse(null);
    String only = state.map(Delivery.State::name).orElse(null);
    return sql.sql(
            SELECT
                + """
                where d.tenant = ? and d.webhook_id = ? and (?::text is null or d.state = ?)
                  and (?::uuid is null or (d.created_at, d.id) < (select created_at, id from webhook_delivery where id = ?::uuid))
                order by d.created_at desc, d.id desc limit ?
                """)
        .param(tenant())
        .param(webhook)
        .param(only)
        .param(only)
        .param(last)
        .param(last)
        .param(limit)
        .query(StoredDeliveries::read)
        .list();
  }

  @Override
  public Optional<Attempt> begin(Claim claim) {
    return sql.sql(
            """
            update webhook_delivery d set attempts = attempts + 1, last_attempt_at = now() from webhook_event e
            where e.id = d.event_id and d.tenant = ? and d.id = ?::uuid and d.epoch = ? and d.state = 'PENDING'
            returning d.id, d.webhook_id, d.attempts, d.give_up_at <= now() as overdue, e.id as event_id, e.body
            """)
        .params(tenant(), claim.id(), claim.epoch())
        .query(
            (row, _) ->
                new Attempt(
                    row.getObject("id", UUID.class),
                    row.getObject("event_id", UUID.class),
                    row.getString("body"),
                    webhooks.find(row.getObject("webhook_id", UUID.class)).orElseThrow(),
                    row.getInt("attempts"),
                    row.getBoolean("overdue")))
        .optional();
  }

  @Override
  public boolean end(Claim claim, Outcome outcome, Optional<Duration> pause) {
    String state = outcome.arrived() ? "DELIVERED" : pause.isPresent() ? "PENDING" : "FAILED";
    return sql.sql(
                """
                update webhook_delivery set state = ?, response_status = ?, duration_ms = ?, response_excerpt = ?, error = ?,
                  leased_until = null, next_attempt_at = now() + ? * interval '1 millisecond',
                  ended_at = case when ? = 'PENDING' then null else now() end
                where tenant = ? and id = ?::uuid and epoch = ? and state = 'PENDING'
                """)
            .param(state)
            .param(outcome.status().orElse(null))
            .param(outcome.took().toMillis())
            .param(outcome.excerpt().orElse(null))
            .param(outcome.error().orElse(null))
            .param(pause.map(Duration::toMillis).orElse(0L))
            .param(state)
            .param(tenant())
            .param(claim.id())
            .param(claim.epoch())
            .update()
        == 1;
  }

  @Override
  public int forget(Duration retention, int limit) {
    int deliveries =
        sql.sql(
                """
                delete from webhook_delivery where id in (select id from webhook_delivery
                  where ended_at < now() - ? * interval '1 millisecond' limit ?)
                """)
            .params(retention.toMillis(), limit)
            .update();
    int events =
        sql.sql(
                """
                delete from webhook_event where id in (select e.id from webhook_event e
                  where e.created_at < now() - ? * interval '1 millisecond'
                    and not exists (select 1 from webhook_delivery d where d.event_id = e.id) limit ?)
                """)
            .params(retention.toMillis(), limit)
            .update();
    return deliveries + events;
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }

  private static Delivery read(ResultSet row, int number) throws SQLException {
    Delivery.State state = Delivery.State.valueOf(row.getString("state"));
    return new Delivery(
        row.getObject("id", UUID.class),
        row.getObject("webhook_id", UUID.class),
        row.getObject("event_id", UUID.class),
        row.getString("event_type"),
        state,
        row.getInt("attempts"),
        Objects.requireNonNull(row.getTimestamp("created_at")).toInstant(),
        instant(row, "next_attempt_at").filter(_ -> state == Delivery.State.PENDING),
        instant(row, "last_attempt_at"),
        instant(row, "ended_at"),
        Optional.ofNullable(row.getObject("response_status", Integer.class)),
        Optional.ofNullable(row.getObject("duration_ms", Long.class)).map(Duration::ofMillis),
        Optional.ofNullable(row.getString("response_excerpt")),
        Optional.ofNullable(row.getString("error")),
        Optional.ofNullable(row.getObject("replay_of", UUID.class)));
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }
}
