package ai.matih.ml.registry.webhook.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.webhook.SecretBox;
import ai.matih.ml.registry.webhook.Webhook;
import ai.matih.ml.registry.webhook.Webhook.Disabled;
import ai.matih.ml.registry.webhook.WebhookSecret;
import ai.matih.ml.registry.webhook.Webhooks;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredWebhooks implements Webhooks {

  private static final String OLD_SECRET_SIGNS = "previous_secret_until > now()";

  private final JdbcClient sql;
  private final SecretBox box;

  StoredWebhooks(JdbcClient sql, SecretBox box) {
    this.sql = sql;
    this.box = box;
  }

  @Override
  public void add(Webhook webhook, WebhookSecret secret) {
    sql.sql(
            """
            insert into webhook (tenant, id, name, url, event_types, models, active, secret, created_by, created_at, updated_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(
            tenant(),
            webhook.id(),
            webhook.name(),
            webhook.url().toString(),
            webhook.eventTypes().toArray(String[]::new),
            webhook.models().toArray(String[]::new),
            webhook.active(),
            box.close(webhook.id(), secret),
            webhook.createdBy(),
            webhook.createdAt().atOffset(ZoneOffset.UTC),
            webhook.updatedAt().atOffset(ZoneOffset.UTC))
        .update();
  }

  @Override
  public Optional<Webhook> find(UUID id) {
    return sql.sql("select * from webhook where tenant = ? and id = ?")
        .params(tenant(), id)
        .query(StoredWebhooks::read)
        .optional();
  }

  @Override
  public List<Webhook> list(Optional<UUID> after, int limit) {
    return sql.sql(
            """
            select * from webhook where tenant = ? and (?::uuid is null or (created_at, id) >
              (select created_at, id from webhook where id = ?::uuid))
            order by created_at, id limit ?
            """)
        .param(tenant())
        .param(text(after))
        .param(text(after))
        .param(limit)
        .query(StoredWebhooks::read)
        .list();
  }

  @Override
  public int count() {
    return sql.sql("select count(*) from webhook where tenant = ?")
        .param(tenant())
        .query(Integer.class)
        .single();
  }

  @Override
  public void change(Webhook webhook) {
    sql.sql(
            """
            update webhook set name = ?, url = ?, event_types = ?, models = ?, active = ?, updated_at = ?,
              failures = case when ? then 0 else failures end,
              failing_since = case when ? then null else failing_since end,
              disabled_at = case when ? then null else disabled_at end,
              disabled_reason = case when ? then null else disabled_reason end
            where tenant = ? and id = ?
            """)
        .params(
            webhook.name(),
            webhook.url().toString(),
            webhook.eventTypes().toArray(String[]::new),
            webhook.models().toArray(String[]::new),
            webhook.active(),
            webhook.updatedAt().atOffset(ZoneOffset.UTC),
            webhook.failingSince().isEmpty(),
            webhook.failingSince().isEmpty(),
            webhook.disabled().isEmpty(),
            webhook.disabled().isEmpty(),
            tenant(),
            webhook.id())
        .update();
  }

  @Override
  public void remove(UUID id) {
    sql.sql("delete from webhook where tenant = ? and id = ?").params(tenant(), id).update();
  }

  @Override
  public void rotate(UUID id, WebhookSecret secret, Duration oldSecretFor) {
    sql.sql(
            """
            update webhook set previous_secret = secret, previous_secret_until = now() + ? * interval '1 millisecond',
              secret = ?, updated_at = now() where tenant = ? and id = ?
            """)
        .params(oldSecretFor.toMillis(), box.close(id, secret), tenant(), id)
        .update();
  }

  @Override
  public List<WebhookSecret> secrets(UUID id) {
    return sql
        .sql(
            """
            select secret from webhook where tenant = ? and id = ?
            union all
            select previous_secret from webhook where tenant = ? and id = ? and %s
            """
                .formatted(OLD_SECRET_SIGNS))
        .params(tenant(), id, tenant(), id)
        .query((row, _) -> row.getBytes(1))
        .list()
        .stream()
        .flatMap(closed -> box.open(id, closed).stream())
        .toList();
  }

  @Override
  public List<UUID> wanting(String type, Optional<String> model) {
    return sql.sql(
            """
            select id from webhook where tenant = ? and active
              and (event_types = '{}' or ? = any(event_types)) and (models = '{}' or ?::text = any(models))
            """)
        .param(tenant())
        .param(type)
        .param(model.orElse(null))
        .query(UUID.class)
        .list();
  }

  @Override
  public void arrived(UUID id) {
    // Most of the time nothing was wrong, and the row is not touched.
    sql.sql(
            "update webhook set failures = 0, failing_since = null where tenant = ? and id = ? and failing_since is not null")
        .params(tenant(), id)
        .update();
  }

  @Override
  public Optional<Webhook> failed(UUID id, Duration pause) {
    sql.sql(
            "update webhook set failures = failures + 1, failing_since = coalesce(failing_since, now()) where tenant = ? and id = ?")
        .params(tenant(), id)
        .update();
    sql.sql(
            """
            update webhook_delivery set next_attempt_at = now() + ? * interval '1 millisecond'
            where tenant = ? and webhook_id = ? and state = 'PENDING' and next_attempt_at < now() + ? * interval '1 millisecond'
              and (leased_until is null or leased_until < now())
            """)
        .params(pause.toMillis(), tenant(), id, pause.toMillis())
        .update();
    return find(id);
  }

  @Override
  public void disable(UUID id, String reason) {
    sql.sql(
            "update webhook set active = false, disabled_at = now(), disabled_reason = ? where tenant = ? and id = ?")
        .params(reason, tenant(), id)
        .update();
    sql.sql(
            """
            update webhook_delivery set state = 'FAILED', ended_at = now(), error = coalesce(error, 'The webhook was disabled.')
            where tenant = ? and webhook_id = ? and state = 'PENDING'
            """)
        .params(tenant(), id)
        .update();
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }

  private static @Nullable String text(Optional<UUID> id) {
    return id.map(UUID::toString).orElse(null);
  }

  private static Webhook read(ResultSet row, int number) throws SQLException {
    String reason = row.getString("disabled_reason");
    Optional<Instant> oldUntil = instant(row, "previous_secret_until");
    return new Webhook(
        row.getObject("id", UUID.class),
        row.getString("name"),
        URI.create(row.getString("url")),
        List.of((String[]) row.getArray("event_types").getArray()),
        List.of((String[]) row.getArray("models").getArray()),
        row.getBoolean("active"),
        instant(row, "failing_since"),
        row.getInt("failures"),
        instant(row, "disabled_at")
            .map(at -> new Disabled(at, Optional.ofNullable(reason).orElse(""))),
        oldUntil,
        row.getString("created_by"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant());
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }
}
