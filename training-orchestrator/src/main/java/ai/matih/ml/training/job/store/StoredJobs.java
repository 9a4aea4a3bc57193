package ai.matih.ml.training.job.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.job.EvaluationSpecification;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobChanges;
import ai.matih.ml.training.job.JobConfiguration;
import ai.matih.ml.training.job.JobEnd;
import ai.matih.ml.training.job.JobId;
import ai.matih.ml.training.job.JobSpecification;
import ai.matih.ml.training.job.JobStatus;
import ai.matih.ml.training.job.Jobs;
import ai.matih.ml.training.job.TestsSpecification;
import ai.matih.ml.training.job.TrainingSpecification;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@Repository
class StoredJobs implements Jobs {

  private static final String LIVING = "status not in ('succeeded', 'failed', 'cancelled')";
  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");
  private static final UUID LAST = new UUID(-1L, -1L);

  private final JobRows rows;
  private final JdbcClient sql;
  private final Audit audit;
  private final ObjectProvider<Outbox> outbox;
  private final Signals signals;
  private final JobJson json;
  private final TransactionTemplate transaction;
  private final Claims claims;

  /**
   * @param outbox delivers to handlers that note things here, so it is only asked for when needed
   */
  StoredJobs(
      JobRows rows,
      JdbcClient sql,
      Audit audit,
      ObjectProvider<Outbox> outbox,
      Signals signals,
      JsonMapper json,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.sql = sql;
    this.audit = audit;
    this.outbox = outbox;
    this.signals = signals;
    this.json = new JobJson(json);
    this.transaction = new TransactionTemplate(transactions);
    this.claims =
        new Claims(sql, transactions, "job", LIVING + " and next_look_at <= now()", "next_look_at");
  }

  @Override
  public Optional<Job> find(JobId id) {
    return findRevised(id).map(Revised::job);
  }

  @Override
  public Optional<Revised> findRevised(JobId id) {
    return in(
        () ->
            rows.findById(id.value())
                .map(row -> new Revised(json.read(row.document), row.revision)));
  }

  @Override
  public Job add(Job job) {
    return in(
        () -> {
          // Two requests with one key at once: the second waits here and then finds the first.
          sql.sql("select pg_advisory_xact_lock(hashtextextended(?, 8))")
              .param(job.id().toString())
              .query()
              .listOfRows();
          Optional<JobRow> known = rows.findById(job.id().value());
          if (known.isPresent()) {
            return json.read(known.get().document);
          }
          JobRow row = new JobRow();
          row.id = job.id().value();
          row.tenant = job.tenant().slug();
          row.name = job.specification().name();
          row.priority = job.specification().priority();
          row.createdAt = job.createdAt();
          row.cpus = job.specification().resources().cpus();
          row.gpus = job.specification().resources().gpus();
          row.memoryBytes = job.specification().resources().memoryBytes();
          row.nextLookAt = Instant.EPOCH;
          fill(row, job);
          rows.save(row);
          audit.record(
              "job.submitted", "training/jobs/" + job.id(), submitted(job.specification()));
          signals.send(JobConfiguration.LOOK);
          return job;
        });
  }

  private static Map<String, Object> submitted(JobSpecification specification) {
    return switch (specification) {
      case TrainingSpecification training ->
          Map.of(
              "name", training.name(),
              "algorithm", training.algorithm().wire(),
              "source", training.source().reference());
      case EvaluationSpecification evaluation ->
          Map.of(
              "name", evaluation.name(),
              "artifact", evaluation.version().digest(),
              "source", evaluation.data().reference());
      case TestsSpecification tests ->
          Map.of(
              "name", tests.name(),
              "artifact", tests.version().digest(),
              "package", tests.tests().digest());
    };
  }

  @Override
  public Optional<Job> change(JobId id, String action, Consumer<Job> change) {
    return in(
        () ->
            rows.lock(id.value())
                .map(
                    row -> {
                      Job job = json.read(row.document);
                      change.accept(job);
                      row.nextLookAt = Instant.EPOCH;
                      save(row, job);
                      audit.record(action, "training/jobs/" + id, Map.of("attempt", job.attempt()));
                      signals.send(JobConfiguration.LOOK);
                      return job;
                    }));
  }

  @Override
  public void note(JobId id, Consumer<Job> change) {
    in(
        () -> {
          rows.lock(id.value())
              .ifPresent(
                  row -> {
                    Job job = json.read(row.document);
                    change.accept(job);
                    save(row, job);
                  });
          return Boolean.TRUE;
        });
  }

  @Override
  public Page<Job> list(Optional<JobStatus> status, Optional<String> name, PageRequest page) {
    Optional<PageToken> token = page.after(2);
    Instant before;
    UUID id;
    try {
      before = token.map(t -> Instant.parse(t.parts().get(0))).orElse(LATEST);
      id = token.map(t -> UUID.fromString(t.parts().get(1))).orElse(LAST);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw Problem.invalid("page_token", "is not a token of this list");
    }
    return in(
        () ->
            Page.cut(
                rows
                    .page(
                        status.map(JobStatus::wire).orElse(null),
                        name.orElse(null),
                        before,
                        id,
                        Limit.of(page.limit()))
                    .stream()
                    .map(row -> json.read(row.document))
                    .toList(),
                page,
                last -> PageToken.of(last.createdAt(), last.id())));
  }

  @Override
  public List<Claim> claim(int max, Duration lease) {
    return claims.take(max, lease);
  }

  @Override
  public Optional<Job> claimed(Claim claim) {
    return in(
        () ->
            rows.lock(UUID.fromString(claim.id()))
                .filter(row -> row.epoch == claim.epoch())
                .map(row -> json.read(row.document)));
  }

  @Override
  public boolean store(Claim claim, Job job, Duration lease) {
    return in(
        () -> {
          Optional<JobRow> locked =
              rows.lock(UUID.fromString(claim.id())).filter(row -> row.epoch == claim.epoch());
          if (locked.isEmpty()) {
            return false;
          }
          JobRow row = locked.get();
          Job before = json.read(row.document);
          job.takeOverCancel(before);
          boolean ends = job.status().isTerminal() && !before.status().isTerminal();
          boolean moved = job.status() != before.status();
          save(row, job);
          sql.sql(
                  "update job set leased_until = now() + ? * interval '1 millisecond' where id = ? and epoch = ?")
              .params(lease.toMillis(), job.id().value(), claim.epoch())
              .update();
          if (moved) {
            audit.record(
                "job." + job.status().wire(),
                "training/jobs/" + job.id(),
                Map.of("attempt", job.attempt()));
          }
          if (ends) {
            for (JobEnd.Message message : JobEnd.messages(job)) {
              outbox.getObject().append(message.type(), "training/jobs/" + job.id(), message);
            }
            // Room for others.
            signals.send(JobConfiguration.LOOK);
          }
          return true;
        });
  }

  @Override
  public void release(Claim claim, Duration nextLook) {
    in(
        () ->
            sql.sql(
                    """
                    update job set leased_until = null, next_look_at = now() + ? * interval '1 millisecond'
                    where id = ?::uuid and epoch = ?
                    """)
                .params(nextLook.toMillis(), claim.id(), claim.epoch())
                .update());
  }

  @Override
  public Demand demandBefore(Job job) {
    return TenantScope.acrossTenants(
        () ->
            in(
                () ->
                    sql.sql(
                            """
                            select coalesce(sum(cpus), 0) as cpus, coalesce(sum(gpus), 0) as gpus,
                              coalesce(sum(memory_bytes), 0) as memory,
                              count(*) filter (where status in ('queued', 'lost')) as waiting
                            from job
                            where id <> ? and (status in ('submitting', 'unknown', 'pending', 'running')
                              or (status in ('queued', 'lost') and (priority > ? or (priority = ? and (created_at, id) < (?, ?)))))
                            """)
                        .params(
                            job.id().value(),
                            job.specification().priority(),
                            job.specification().priority(),
                            java.sql.Timestamp.from(job.createdAt()),
                            job.id().value())
                        .query(StoredJobs::readDemand)
                        .single()));
  }

  @Override
  public boolean isCurrent(SubmissionId submission) {
    return TenantScope.acrossTenants(
        () ->
            in(
                () ->
                    sql.sql("select count(*) from job where id = ? and attempt = ? and " + LIVING)
                            .params(submission.job(), submission.attempt())
                            .query(Long.class)
                            .single()
                        == 1));
  }

  @Override
  public Demand demand() {
    return TenantScope.acrossTenants(
        () ->
            in(
                () ->
                    sql.sql(
                            """
                            select coalesce(sum(cpus) filter (where %1$s), 0) as cpus,
                              coalesce(sum(gpus) filter (where %1$s), 0) as gpus,
                              coalesce(sum(memory_bytes) filter (where %1$s), 0) as memory,
                              count(*) filter (where status in ('queued', 'lost')) as waiting
                            from job where %2$s
                            """
                                .formatted(
                                    "status in ('submitting', 'unknown', 'pending', 'running')",
                                    LIVING))
                        .query(StoredJobs::readDemand)
                        .single()));
  }

  private static Demand readDemand(ResultSet row, int number) throws SQLException {
    return new Demand(
        row.getDouble("cpus"), row.getDouble("gpus"), row.getLong("memory"), row.getInt("waiting"));
  }

  @Override
  public String installation() {
    return in(() -> sql.sql("select id::text from installation").query(String.class).single());
  }

  private void save(JobRow row, Job job) {
    fill(row, job);
    rows.save(row);
  }

  private void fill(JobRow row, Job job) {
    row.status = job.status().wire();
    row.attempt = job.attempt();
    row.document = json.write(job);
    row.revision++;
    signals.send(JobChanges.TOPIC);
  }

  private <T> T in(Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(_ -> work.get()));
  }
}
