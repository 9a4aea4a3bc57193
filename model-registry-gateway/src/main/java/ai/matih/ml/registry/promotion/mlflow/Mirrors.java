package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.model.ModelId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
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
import tools.jackson.core.type.TypeReference;

/** One row per mirrored model: when it is compared next, and what came of the last comparison. */
@Component
@Transactional
class Mirrors {

  private static final TypeReference<List<Finding>> FINDINGS = new TypeReference<>() {};

  private final JdbcClient sql;

  Mirrors(JdbcClient sql) {
    this.sql = sql;
  }

  /**
   * A model's row.
   *
   * @param asked when a change of our own last asked for a comparison, until that is over
   * @param drift what was found by the last comparison that found anything
   * @param unmanaged what MLflow has of others now
   */
  record State(
      ModelId model,
      Optional<Instant> asked,
      Instant nextComparison,
      int failures,
      Optional<String> lastError,
      Optional<Instant> compared,
      LastWritten written,
      List<Finding> unmanaged,
      List<Finding> drift,
      Optional<Instant> drifted) {}

  /** Asks for a comparison at once; it also begins the mirroring of a model. */
  void ask(ModelId model) {
    sql.sql(
            """
            insert into mirror (tenant, id, model_id, asked_at, next_look_at)
            values (current_setting('app.tenant'), ?, ?, clock_timestamp(), now())
            on conflict (tenant, model_id) do update
            set asked_at = excluded.asked_at, next_look_at = excluded.next_look_at, failures = 0
            """)
        .params(UUID.randomUUID(), model.slug())
        .update();
  }

  Optional<State> find(Claim claim) {
    return sql.sql("select * from mirror where id = ?::uuid")
        .param(claim.id())
        .query(Mirrors::read)
        .optional();
  }

  Optional<State> find(ModelId model) {
    return sql.sql(
            "select * from mirror where tenant = current_setting('app.tenant') and model_id = ?")
        .param(model.slug())
        .query(Mirrors::read)
        .optional();
  }

  /**
   * Records a comparison that went through. A change that asked for another one meanwhile gets it.
   *
   * @return false when the claim was overtaken; nothing is noted then
   */
  boolean finish(
      Claim claim,
      State seen,
      LastWritten written,
      List<Finding> unmanaged,
      List<Finding> drift,
      Duration next) {
    return sql.sql(
                """
                update mirror set
                  next_look_at = case when asked_at is distinct from :asked then next_look_at
                    else now() + :next * interval '1 millisecond' end,
                  asked_at = case when asked_at is distinct from :asked then asked_at end,
                  failures = 0, last_error = null, looked_at = now(), shown = :shown::jsonb,
                  unmanaged = :unmanaged::jsonb,
                  drift = case when :drifted then :drift::jsonb else drift end,
                  drift_at = case when :drifted then now() else drift_at end,
                  leased_until = null
                where id = :id::uuid and epoch = :epoch
                """)
            .param(
                "asked",
                seen.asked().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null),
                Types.TIMESTAMP_WITH_TIMEZONE)
            .param("next", next.toMillis())
            .param("shown", Json.write(written))
            .param("unmanaged", Json.write(unmanaged))
            .param("drift", Json.write(drift))
            .param("drifted", !drift.isEmpty())
            .param("id", claim.id())
            .param("epoch", claim.epoch())
            .update()
        == 1;
  }

  /** Records a comparison that failed, to be repeated later. */
  void fail(Claim claim, String error, Duration again) {
    sql.sql(
            """
            update mirror set failures = failures + 1, last_error = ?, leased_until = null,
              next_look_at = now() + ? * interval '1 millisecond'
            where id = ?::uuid and epoch = ?
            """)
        .params(error, again.toMillis(), claim.id(), claim.epoch())
        .update();
  }

  private static State read(ResultSet row, int number) throws SQLException {
    return new State(
        new ModelId(row.getString("model_id")),
        instant(row.getTimestamp("asked_at")),
        row.getTimestamp("next_look_at").toInstant(),
        row.getInt("failures"),
        Optional.ofNullable(row.getString("last_error")),
        instant(row.getTimestamp("looked_at")),
        Json.read(row.getString("shown"), LastWritten.class),
        Json.read(row.getString("unmanaged"), FINDINGS),
        Json.read(row.getString("drift"), FINDINGS),
        instant(row.getTimestamp("drift_at")));
  }

  private static Optional<Instant> instant(@Nullable Timestamp at) {
    return Optional.ofNullable(at).map(Timestamp::toInstant);
  }
}
