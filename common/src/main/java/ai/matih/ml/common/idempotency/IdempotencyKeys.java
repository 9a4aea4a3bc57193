package ai.matih.ml.common.idempotency;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The stored keys; every method works in the caller's transaction. */
public class IdempotencyKeys {

  /** How long an answer can be replayed. */
  static final Duration KEPT = Duration.ofDays(3);

  /**
   * Scope and content of one request.
   *
   * @param requestHash tells a repeat from another request with the same key
   */
  record Key(Tenant tenant, String principal, String route, String key, String requestHash) {}

  private final JdbcClient sql;
  private final JsonMapper json;

  public IdempotencyKeys(JdbcClient sql, JsonMapper json) {
    this.sql = sql;
    this.json = json;
  }

  /**
   * Takes the key for this request. A concurrent first request in one transaction makes this wait
   * for its end.
   *
   * @return the first answer when there is one already
   */
  Optional<StoredAnswer> claim(Key key, Duration lease) {
    int inserted =
        sql.sql(
                """
                insert into idempotency_key (tenant, principal, route, key, request_hash, leased_until, expires_at)
                values (?, ?, ?, ?, ?, now() + ? * interval '1 second', now() + ? * interval '1 second')
                on conflict do nothing
                """)
            .params(
                key.tenant().slug(),
                key.principal(),
                key.route(),
                key.key(),
                key.requestHash(),
                lease.toSeconds(),
                KEPT.toSeconds())
            .update();
    if (inserted == 1) {
      return Optional.empty();
    }
    Known known =
        sql.sql(
                """
                select request_hash, status, headers, body, leased_until > now() as running
                from idempotency_key where tenant = ? and principal = ? and route = ? and key = ?
                for update
                """)
            .params(key.tenant().slug(), key.principal(), key.route(), key.key())
            .query(this::known)
            .single();
    if (!known.requestHash().equals(key.requestHash())) {
      throw new Problem(
          CommonError.IDEMPOTENCY_KEY_REUSED,
          "This key was used with another request; use a new key.");
    }
    if (known.answer().isPresent()) {
      return known.answer();
    }
    if (known.running()) {
      throw new Problem(
              CommonError.IDEMPOTENCY_IN_PROGRESS,
              "The first request with this key is still running.")
          .retryAfter(Duration.ofSeconds(1));
    }
    sql.sql(
            """
            update idempotency_key set leased_until = now() + ? * interval '1 second'
            where tenant = ? and principal = ? and route = ? and key = ?
            """)
        .params(lease.toSeconds(), key.tenant().slug(), key.principal(), key.route(), key.key())
        .update();
    return Optional.empty();
  }

  void complete(Key key, StoredAnswer answer) {
    sql.sql(
            """
            update idempotency_key set status = ?, headers = ?::jsonb, body = ?, leased_until = null
            where tenant = ? and principal = ? and route = ? and key = ?
            """)
        .params(
            answer.status(),
            json.writeValueAsString(answer.headers()),
            answer.body(),
            key.tenant().slug(),
            key.principal(),
            key.route(),
            key.key())
        .update();
  }

  void release(Key key) {
    sql.sql(
            """
            delete from idempotency_key
            where tenant = ? and principal = ? and route = ? and key = ? and status is null
            """)
        .params(key.tenant().slug(), key.principal(), key.route(), key.key())
        .update();
  }

  /** Forgets answers that are older than the promise. */
  @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT5M")
  public void forgetExpired() {
    TenantScope.acrossTenants(this::deleteExpired);
  }

  @Transactional
  int deleteExpired() {
    return sql.sql("delete from idempotency_key where expires_at < now()").update();
  }

  private Known known(ResultSet row, int number) throws SQLException {
    int status = row.getInt("status");
    Optional<StoredAnswer> answer =
        row.wasNull()
            ? Optional.empty()
            : Optional.of(
                new StoredAnswer(
                    status,
                    json.readValue(
                        row.getString("headers"), new TypeReference<Map<String, String>>() {}),
                    row.getBytes("body")));
    return new Known(row.getString("request_hash"), answer, row.getBoolean("running"));
  }

  private record Known(String requestHash, Optional<StoredAnswer> answer, boolean running) {}
}
