package ai.matih.ml.training.job.store;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobId;
import ai.matih.ml.training.job.JobStatus;
import ai.matih.ml.training.job.Jobs;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
  private final JobAnnouncements announcements;
  private final JobJson json;
  private final TransactionTemplate transaction;
  private final Claims claims;

  StoredJobs(
      JobRows rows,
      JobAnnouncements announcements,
      JdbcClient sql,
      JsonMapper json,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.announcements = announcements;
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
          rows.lockId(job.id().toString());
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
          row.nextReconcileAt = Instant.EPOCH;
          fill(row, job);
          rows.save(row);
          announcements.submitted(job);
          return job;
        });
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
                      row.nextReconcileAt = Instant.EPOCH;
                      save(row, job);
                      announcements.asked(job, action);
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
          save(row, job);
          rows.renew(row.id, claim.epoch(), lease.toMillis());
          announcements.stored(job, before);
          return true;
        });
  }

  @Override
  public void release(Claim claim, Duration wait) {
    in(() -> rows.release(UUID.fromString(claim.id()), claim.epoch(), wait.toMillis()));
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
    announcements.changed();
  }

  private <T> T in(Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(_ -> work.get()));
  }
}
