package ai.matih.ml.serving.drift.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.drift.Cause;
import ai.matih.ml.serving.drift.DriftAlert;
import ai.matih.ml.serving.drift.DriftAlert.Outcome;
import ai.matih.ml.serving.drift.DriftWatches;
import ai.matih.ml.serving.drift.Reaction;
import ai.matih.ml.serving.drift.Severity;
import ai.matih.ml.serving.drift.WatchDocument;
import ai.matih.ml.serving.drift.WatchSettings;
import ai.matih.ml.serving.sketch.TimeWindow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Settings and alerts as rows; the schema allows one open alert per arm. */
@Repository
class StoredDriftWatches implements DriftWatches {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcClient sql;
  private final Transactions transactions;
  private final Audit audit;

  StoredDriftWatches(JdbcClient sql, Transactions transactions, Audit audit) {
    this.sql = sql;
    this.transactions = transactions;
    this.audit = audit;
  }

  @Override
  public WatchDocument document(ModelId model) {
    return transactions.call(
        () ->
            sql.sql("select * from drift_watch where tenant = ? and id = ? and revision > 0")
                .params(tenant(), model.value())
                .query(
                    (row, _) ->
                        new WatchDocument(
                            row.getLong("revision"),
                            JSON.readValue(row.getString("settings"), WatchSettings.class),
                            Optional.of(row.getString("changed_by")),
                            instant(row, "changed_at")))
                .optional()
                .orElse(WatchDocument.UNCHANGED));
  }

  @Override
  public WatchDocument change(ModelId model, WatchSettings settings, long expected, String by) {
    return transactions.call(
        () -> {
          sql.sql("insert into drift_watch (tenant, id) values (?, ?) on conflict do nothing")
              .params(tenant(), model.value())
              .update();
          int changed =
              sql.sql(
                      """
                      update drift_watch set settings = ?::jsonb, revision = revision + 1, changed_by = ?,
                        changed_at = now(), due_at = now()
                      where tenant = ? and id = ? and revision = ?
                      """)
                  .params(JSON.writeValueAsString(settings), by, tenant(), model.value(), expected)
                  .update();
          if (changed == 0) {
            throw new Problem(
                CommonError.STALE_REVISION,
                "The settings have another revision than %d; GET them again.".formatted(expected));
          }
          audit.record(
              "drift_settings.changed",
              "models/" + model + "/drift/settings",
              Map.of("revision", expected + 1, "reaction", settings.reaction().wireName()));
          return document(model);
        });
  }

  @Override
  public boolean lock(ModelId model, long epoch) {
    return sql.sql("select 1 from drift_watch where tenant = ? and id = ? and epoch = ? for update")
        .params(tenant(), model.value(), epoch)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  @Override
  public List<DriftAlert> open(ModelId model) {
    return sql.sql(
            "select * from drift_alert where tenant = ? and model_id = ? and closed_at is null")
        .params(tenant(), model.value())
        .query((row, _) -> read(row))
        .list();
  }

  @Override
  public Optional<DriftAlert> find(String id) {
    return transactions.call(
        () ->
            sql.sql("select * from drift_alert where tenant = ? and id = ?")
                .params(tenant(), UUID.fromString(id))
                .query((row, _) -> read(row))
                .optional());
  }

  @Override
  public List<DriftAlert> list(
      ModelId model, Optional<Boolean> open, Optional<String> afterId, int limit) {
    Map<String, Object> values = new HashMap<>();
    StringBuilder query =
        new StringBuilder(
            "select * from drift_alert t where t.tenant = :tenant and t.model_id = :model");
    values.put("tenant", tenant());
    values.put("model", model.value());
    open.ifPresent(
        is -> query.append(is ? " and closed_at is null" : " and closed_at is not null"));
    afterId.ifPresent(
        after -> {
          query.append(
              """
               and (t.opened_at, t.id::text) < (select a.opened_at, a.id::text from drift_alert a
                                                where a.tenant = :tenant and a.id::text = :after)
              """);
          values.put("after", after);
        });
    query.append(" order by t.opened_at desc, t.id::text desc limit :limit");
    values.put("limit", limit);
    return transactions.call(
        () -> sql.sql(query.toString()).params(values).query((row, _) -> read(row)).list());
  }

  @Override
  public void add(DriftAlert alert) {
    sql.sql(
            """
            insert into drift_alert (tenant, id, model_id, version, variant, time_window, severity, features, cause,
              opened_at, last_seen_at, reaction, outcome, detail)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .param(tenant())
        .param(UUID.fromString(alert.id()))
        .param(alert.model().value())
        .param(alert.version())
        .param(alert.variant())
        .param(alert.window().wireName())
        .param(alert.severity().wireName())
        .param(alert.features().toArray(String[]::new))
        .param(alert.cause().name())
        .param(utc(alert.openedAt()))
        .param(utc(alert.lastSeenAt()))
        .param(alert.reaction().wireName())
        .param(alert.outcome().name())
        .param(alert.detail().orElse(null))
        .update();
    recorded(alert, "opened");
  }

  @Override
  public void save(DriftAlert alert) {
    sql.sql(
            """
            update drift_alert set severity = ?, features = ?, cause = ?, last_seen_at = ?, closed_at = ?,
              closed_because = ?
            where tenant = ? and id = ?
            """)
        .param(alert.severity().wireName())
        .param(alert.features().toArray(String[]::new))
        .param(alert.cause().name())
        .param(utc(alert.lastSeenAt()))
        .param(alert.closedAt().map(StoredDriftWatches::utc).orElse(null))
        .param(alert.closedBecause().orElse(null))
        .param(tenant())
        .param(UUID.fromString(alert.id()))
        .update();
    if (alert.closedAt().isPresent()) {
      recorded(alert, "closed");
    }
  }

  @Override
  public void react(DriftAlert alert) {
    sql.sql(
            "update drift_alert set outcome = ?, detail = ?, job_id = ? where tenant = ? and id = ?")
        .param(alert.outcome().name())
        .param(alert.detail().orElse(null))
        .param(alert.jobId().orElse(null))
        .param(tenant())
        .param(UUID.fromString(alert.id()))
        .update();
    recorded(alert, "reacted");
  }

  private void recorded(DriftAlert alert, String what) {
    audit.record(
        "drift_alert." + what,
        "models/%s/drift/alerts/%s".formatted(alert.model(), alert.id()),
        Map.of(
            "version", alert.version(),
            "variant", alert.variant(),
            "severity", alert.severity().wireName(),
            "cause", alert.cause().wireName(),
            "features", alert.features(),
            "outcome", alert.outcome().wireName(),
            "job_id", alert.jobId().orElse("")));
  }

  @Override
  public List<Instant> retrainings(ModelId model, Instant since) {
    return sql.sql(
            """
            select opened_at from drift_alert where tenant = ? and model_id = ? and reaction = 'retrain'
              and outcome in ('PENDING', 'DONE') and opened_at > ?
            """)
        .params(tenant(), model.value(), utc(since))
        .query((row, _) -> row.getTimestamp(1).toInstant())
        .list();
  }

  private static DriftAlert read(ResultSet row) throws SQLException {
    return new DriftAlert(
        row.getString("id"),
        new ModelId(row.getString("model_id")),
        row.getLong("version"),
        row.getString("variant"),
        TimeWindow.ofWire(row.getString("time_window")).orElseThrow(),
        Severity.ofWire(row.getString("severity")).orElseThrow(),
        List.of((String[]) row.getArray("features").getArray()),
        Cause.valueOf(row.getString("cause")),
        Objects.requireNonNull(row.getTimestamp("opened_at")).toInstant(),
        Objects.requireNonNull(row.getTimestamp("last_seen_at")).toInstant(),
        instant(row, "closed_at"),
        Optional.ofNullable(row.getString("closed_because")),
        Reaction.ofWire(row.getString("reaction")).orElseThrow(),
        Outcome.valueOf(row.getString("outcome")),
        Optional.ofNullable(row.getString("detail")),
        Optional.ofNullable(row.getString("job_id")));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    @Nullable Timestamp at = row.getTimestamp(column);
    return Optional.ofNullable(at).map(Timestamp::toInstant);
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }
}
