package ai.matih.ml.registry.evidence.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.Examination.Subject;
import ai.matih.ml.registry.evidence.Examinations;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.ValidationRun;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Rows that background work claims beside every other change, hence SQL and not entities. */
@Component
@Transactional
class StoredExaminations implements Examinations {

  private final JdbcClient sql;

  StoredExaminations(JdbcClient sql) {
    this.sql = sql;
  }

  /** A subject as it is stored; which fields are there says what it is. */
  record Stored(
      @Nullable String dataset,
      @Nullable String targetColumn,
      @Nullable String kind,
      @Nullable String packageDigest,
      @Nullable String note) {

    static Stored of(Subject subject) {
      return switch (subject) {
        case Subject.Checks _ -> new Stored(null, null, null, null, null);
        case Subject.OnData data ->
            new Stored(data.dataset(), data.targetColumn(), null, null, null);
        case Subject.Tests tests ->
            new Stored(null, null, tests.kind(), tests.packageDigest(), tests.note().orElse(null));
      };
    }

    Subject subject() {
      if (dataset != null && targetColumn != null) {
        return new Subject.OnData(dataset, targetColumn);
      }
      return kind != null && packageDigest != null
          ? new Subject.Tests(kind, packageDigest, Optional.ofNullable(note))
          : new Subject.Checks();
    }
  }

  private static String key(Subject subject) {
    return switch (subject) {
      case Subject.Checks _ -> "checks";
      // The same data under another name is the same.
      case Subject.OnData data ->
          "evaluation %s %s"
              .formatted(
                  data.dataset().substring(data.dataset().indexOf('@') + 1), data.targetColumn());
      case Subject.Tests tests -> "tests %s %s".formatted(tests.kind(), tests.packageDigest());
    };
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }

  @Override
  public void add(Examination examination) {
    sql.sql(
            """
            insert into examination (tenant, id, model_id, version, subject, subject_key, on_ray, requested_by,
              requested_at, status, progress, message, since)
            values (?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(
            tenant(),
            examination.id(),
            examination.model().slug(),
            examination.version().value(),
            Json.write(Stored.of(examination.subject())),
            key(examination.subject()),
            !(examination.subject() instanceof Subject.Checks),
            examination.requestedBy(),
            Timestamp.from(examination.requestedAt()),
            examination.status().name(),
            examination.progress(),
            examination.message(),
            Timestamp.from(examination.since()))
        .update();
  }

  @Override
  public Optional<Examination> find(UUID id) {
    return sql.sql("select * from examination where tenant = ? and id = ?")
        .params(tenant(), id)
        .query(StoredExaminations::row)
        .optional();
  }

  @Override
  public Optional<Examination> lock(UUID id) {
    return sql.sql("select * from examination where tenant = ? and id = ? for update")
        .params(tenant(), id)
        .query(StoredExaminations::row)
        .optional();
  }

  @Override
  public List<Examination> all(Collection<UUID> ids) {
    return sql.sql("select * from examination where tenant = ? and id = any(?::uuid[])")
        .params(tenant(), ids.stream().map(UUID::toString).toArray(String[]::new))
        .query(StoredExaminations::row)
        .list();
  }

  @Override
  public Optional<Examination> latest(ModelId model, VersionNumber version, Subject subject) {
    return sql.sql(
            """
            select * from examination where tenant = ? and model_id = ? and version = ? and subject_key = ?
            order by requested_at desc, id desc limit 1
            """)
        .params(tenant(), model.slug(), version.value(), key(subject))
        .query(StoredExaminations::row)
        .optional();
  }

  @Override
  public List<Examination> openChecks(ModelId model, VersionNumber version) {
    return sql.sql(
            """
            select * from examination
            where tenant = ? and model_id = ? and version = ? and subject_key = 'checks' and status <> 'DONE'
            order by requested_at for update
            """)
        .params(tenant(), model.slug(), version.value())
        .query(StoredExaminations::row)
        .list();
  }

  @Override
  public void save(Examination examination) {
    sql.sql(
            """
            update examination set status = ?, progress = ?, message = ?, since = ?, job_id = ?, evidence_id = ?, outcome = ?
            where tenant = ? and id = ?
            """)
        .params(
            Arrays.asList(
                examination.status().name(),
                examination.progress(),
                examination.message(),
                Timestamp.from(examination.since()),
                examination.job().orElse(null),
                examination.evidence().orElse(null),
                examination.outcome().map(Outcome::name).orElse(null),
                tenant(),
                examination.id()))
        .update();
  }

  private static Examination row(ResultSet row, int number) throws SQLException {
    return new Examination(
        row.getObject("id", UUID.class),
        new ModelId(row.getString("model_id")),
        new VersionNumber(row.getInt("version")),
        Json.read(row.getString("subject"), Stored.class).subject(),
        row.getString("requested_by"),
        row.getTimestamp("requested_at").toInstant(),
        Examination.Status.valueOf(row.getString("status")),
        row.getInt("progress"),
        row.getString("message"),
        row.getTimestamp("since").toInstant(),
        Optional.ofNullable(row.getString("job_id")),
        Optional.ofNullable(row.getObject("evidence_id", UUID.class)),
        Optional.ofNullable(row.getString("outcome")).map(Outcome::valueOf));
  }

  @Override
  public void add(ValidationRun run) {
    sql.sql(
            """
            insert into validation_run (tenant, id, model_id, version, requested_by, requested_at, examinations)
            values (?, ?, ?, ?, ?, ?, ?::jsonb)
            """)
        .params(
            tenant(),
            run.id(),
            run.model().slug(),
            run.version().value(),
            run.requestedBy(),
            Timestamp.from(run.requestedAt()),
            Json.write(run.examinations()))
        .update();
  }

  @Override
  public Optional<ValidationRun> findRun(ModelId model, VersionNumber version, UUID id) {
    return runs(model, version).stream().filter(run -> run.id().equals(id)).findFirst();
  }

  @Override
  public List<ValidationRun> runs(ModelId model, VersionNumber version) {
    return sql.sql(
            """
            select * from validation_run where tenant = ? and model_id = ? and version = ?
            order by requested_at desc, id desc
            """)
        .params(tenant(), model.slug(), version.value())
        .query(StoredExaminations::run)
        .list();
  }

  private static ValidationRun run(ResultSet row, int number) throws SQLException {
    return new ValidationRun(
        row.getObject("id", UUID.class),
        new ModelId(row.getString("model_id")),
        new VersionNumber(row.getInt("version")),
        row.getString("requested_by"),
        row.getTimestamp("requested_at").toInstant(),
        Arrays.asList(Json.read(row.getString("examinations"), UUID[].class)));
  }
}
