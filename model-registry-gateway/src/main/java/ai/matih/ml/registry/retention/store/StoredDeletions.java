package ai.matih.ml.registry.retention.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.retention.BatchedChange;
import ai.matih.ml.registry.retention.Deletion;
import ai.matih.ml.registry.retention.Deletion.Cause;
import ai.matih.ml.registry.retention.Deletion.State;
import ai.matih.ml.registry.retention.Deletions;
import ai.matih.ml.registry.retention.Retention;
import ai.matih.ml.registry.retention.RetentionRevision;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredDeletions implements Deletions {

  private final JdbcClient sql;

  StoredDeletions(JdbcClient sql) {
    this.sql = sql;
  }

  @Override
  public void add(Deletion deletion) {
    sql.sql(
            """
            insert into deletion (tenant, id, model_id, version, digest, cause, state, deleted_by, reason,
              deleted_at, remove_at, next_try_at)
            values (current_setting('app.tenant'), ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?)
            """)
        .params(
            deletion.id(),
            deletion.model().slug(),
            deletion.version().value(),
            deletion.digest().value(),
            deletion.cause().name(),
            deletion.state().name(),
            deletion.deletedBy(),
            deletion.reason().orElse(""),
            Timestamp.from(deletion.deletedAt()),
            Timestamp.from(deletion.removeAt()),
            Timestamp.from(deletion.removeAt()))
        .update();
  }

  @Override
  public Optional<Deletion> find(UUID id) {
    return sql.sql("select * from deletion where id = ?")
        .param(id)
        .query(StoredDeletions::read)
        .optional();
  }

  @Override
  public Optional<Deletion> of(ModelId model, VersionNumber version) {
    return sql.sql(
            """
            select * from deletion
            where tenant = current_setting('app.tenant') and model_id = ? and version = ? and state <> 'RESTORED'
            """)
        .params(model.slug(), version.value())
        .query(StoredDeletions::read)
        .optional();
  }

  @Override
  public List<Deletion> list(ModelId model, Optional<VersionNumber> below, int limit) {
    return sql.sql(
            """
            select * from deletion
            where tenant = current_setting('app.tenant') and model_id = ? and state <> 'RESTORED'
              and version < ?
            order by version desc limit ?
            """)
        .params(model.slug(), below.map(VersionNumber::value).orElse(Integer.MAX_VALUE), limit)
        .query(StoredDeletions::read)
        .list();
  }

  @Override
  public List<Deletion> waiting(ModelId model) {
    return sql.sql(
            """
            select * from deletion
            where tenant = current_setting('app.tenant') and model_id = ? and state = 'WAITING'
            order by version
            """)
        .param(model.slug())
        .query(StoredDeletions::read)
        .list();
  }

  @Override
  public Totals totals(ModelId model) {
    return sql.sql(
            """
            select count(*) filter (where state = 'WAITING') as waiting,
              count(*) filter (where state = 'REMOVED') as removed,
              coalesce(sum(freed_bytes), 0) as freed
            from deletion where tenant = current_setting('app.tenant') and model_id = ?
            """)
        .param(model.slug())
        .query(
            (row, _) ->
                new Totals(row.getInt("waiting"), row.getInt("removed"), row.getLong("freed")))
        .single();
  }

  @Override
  public void restored(UUID id, Instant at) {
    sql.sql("update deletion set state = 'RESTORED', ended_at = ? where id = ?")
        .params(Timestamp.from(at), id)
        .update();
  }

  @Override
  public void removed(UUID id, Instant at, long freedBytes, Optional<String> note) {
    sql.sql(
            """
            update deletion set state = 'REMOVED', ended_at = ?, freed_bytes = ?, note = nullif(?, '')
            where id = ? and state = 'WAITING'
            """)
        .params(Timestamp.from(at), freedBytes, note.orElse(""), id)
        .update();
  }

  @Override
  public void later(UUID id, String why, Duration wait) {
    sql.sql(
            "update deletion set note = ?, next_try_at = now() + ? * interval '1 millisecond' where"
                + " id = ?")
        .params(why, wait.toMillis(), id)
        .update();
  }

  @Override
  public void startBatches(BatchedChange change) {
    sql.sql(
            """
            insert into model_following (tenant, id, model_id, restoring, asked_by, reason, after_version)
            values (current_setting('app.tenant'), ?, ?, ?, ?, nullif(?, ''), ?)
            on conflict (tenant, model_id) do update
            set id = excluded.id, restoring = excluded.restoring, asked_by = excluded.asked_by,
              reason = excluded.reason, after_version = excluded.after_version, leased_until = null,
              next_step_at = now()
            """)
        .params(
            change.id(),
            change.model().slug(),
            change.restoring(),
            change.askedBy(),
            change.reason().orElse(""),
            change.after().map(VersionNumber::value).orElse(0))
        .update();
  }

  @Override
  public Optional<BatchedChange> batches(UUID id) {
    return sql.sql("select * from model_following where id = ?")
        .param(id)
        .query(
            (row, _) ->
                new BatchedChange(
                    row.getObject("id", UUID.class),
                    new ModelId(row.getString("model_id")),
                    row.getBoolean("restoring"),
                    row.getString("asked_by"),
                    Optional.ofNullable(row.getString("reason")),
                    Optional.of(row.getInt("after_version"))
                        .filter(after -> after > 0)
                        .map(VersionNumber::new)))
        .optional();
  }

  @Override
  public void advanceBatches(BatchedChange change) {
    sql.sql("update model_following set after_version = ? where id = ?")
        .params(change.after().map(VersionNumber::value).orElse(0), change.id())
        .update();
  }

  @Override
  public void endBatches(ModelId model) {
    sql.sql(
            "delete from model_following where tenant = current_setting('app.tenant') and model_id"
                + " = ?")
        .param(model.slug())
        .update();
  }

  @Override
  public RetentionRevision retention(ModelId model) {
    return sql.sql(
            "select * from retention where tenant = current_setting('app.tenant') and model_id = ?")
        .param(model.slug())
        .query(StoredDeletions::readRetention)
        .optional()
        .orElseGet(() -> RetentionRevision.undeclared(model));
  }

  @Override
  public Optional<RetentionRevision> retention(UUID id) {
    return sql.sql("select * from retention where id = ?")
        .param(id)
        .query(StoredDeletions::readRetention)
        .optional();
  }

  @Override
  public void change(RetentionRevision next) {
    sql.sql(
            """
            insert into retention (tenant, id, model_id, revision, document, changed_by, changed_at, next_apply_at)
            values (current_setting('app.tenant'), ?, ?, ?, ?::jsonb, ?, ?, now())
            on conflict (tenant, model_id) do update
            set revision = excluded.revision, document = excluded.document, changed_by = excluded.changed_by,
              changed_at = excluded.changed_at, next_apply_at = excluded.next_apply_at
            """)
        .params(
            UUID.randomUUID(),
            next.model().slug(),
            next.revision(),
            Json.write(next.retention()),
            next.changedBy().orElseThrow(),
            Timestamp.from(next.changedAt().orElseThrow()))
        .update();
  }

  @Override
  public void applied(UUID id, Duration next) {
    sql.sql(
            "update retention set applied_at = now(), next_apply_at = now() + ? * interval '1"
                + " millisecond' where id = ?")
        .params(next.toMillis(), id)
        .update();
  }

  private static Deletion read(ResultSet row, int number) throws SQLException {
    long freed = row.getLong("freed_bytes");
    Optional<Long> freedBytes = row.wasNull() ? Optional.empty() : Optional.of(freed);
    return new Deletion(
        row.getObject("id", UUID.class),
        new ModelId(row.getString("model_id")),
        new VersionNumber(row.getInt("version")),
        new Digest(row.getString("digest")),
        Cause.valueOf(row.getString("cause")),
        State.valueOf(row.getString("state")),
        row.getString("deleted_by"),
        Optional.ofNullable(row.getString("reason")),
        row.getTimestamp("deleted_at").toInstant(),
        row.getTimestamp("remove_at").toInstant(),
        instant(row.getTimestamp("ended_at")),
        freedBytes,
        Optional.ofNullable(row.getString("note")));
  }

  private static RetentionRevision readRetention(ResultSet row, int number) throws SQLException {
    return new RetentionRevision(
        new ModelId(row.getString("model_id")),
        row.getInt("revision"),
        Json.read(row.getString("document"), Retention.class),
        Optional.of(row.getString("changed_by")),
        instant(row.getTimestamp("changed_at")),
        instant(row.getTimestamp("applied_at")));
  }

  private static Optional<Instant> instant(@Nullable Timestamp at) {
    return Optional.ofNullable(at).map(Timestamp::toInstant);
  }
}
