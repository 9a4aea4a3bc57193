package ai.matih.ml.training.job.store;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobId;
import ai.matih.ml.training.job.JobStatus;
import ai.matih.ml.training.job.Jobs;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

@Repository
class StoredJobs implements Jobs {

  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");
  private static final UUID LAST = new UUID(-1L, -1L);

  private final JobRows rows;
  private final JobAnnouncements announcements;
  private final JobJson json;
  private final Transactions transactions;
  private final Claims claims;

  StoredJobs(
      JobRows rows,
      JobAnnouncements announcements,
      Claims claims,
      JsonMapper json,
      Transactions transactions) {
    this.rows = rows;
    this.announcements = announcements;
    this.claims = claims;
    this.json = new JobJson(json);
    this.transactions = transactions;
  }

  @Override
  public Optional<Job> find(JobId id) {
    return findRevised(id).map(Revised::job);
  }

  @Override
  public Optional<Revised> findRevised(JobId id) {
    return transactions.call(
        () ->
            rows.findById(id.value())
                .map(row -> new Revised(json.read(row.document), row.revision)));
  }

  @Override
  public Job add(Job job) {
    return transactions.call(
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
          row.cpus = job.specification().atOnce().cpus();
          row.gpus = job.specification().atOnce().gpus();
          row.memoryBytes = job.specification().atOnce().memoryBytes();
          row.nextReconcileAt = Instant.EPOCH;
          fill(row, job);
          rows.save(row);
          announcements.submitted(job);
          return job;
        });
  }

  @Override
  public Optional<Job> change(JobId id, String action, Consumer<Job> change) {
    return transactions.call(
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
    return transactions.call(
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
  public List<Claim> claim(int max) {
    return claims.take(max);
  }

  @Override
  public Optional<Job> claimed(Claim claim) {
    return transactions.call(
        () ->
            rows.lock(claim.uuid())
                .filter(row -> row.epoch == claim.epoch())
                .map(row -> json.read(row.document)));
  }

  @Override
  public boolean store(Claim claim, Job job) {
    return transactions.call(
        () -> {
          Optional<JobRow> locked =
              rows.lock(claim.uuid()).filter(row -> row.epoch == claim.epoch());
          if (locked.isEmpty()) {
            return false;
          }
          JobRow row = locked.get();
          Job before = json.read(row.document);
          job.takeOverCancel(before);
          save(row, job);
          announcements.stored(job, before);
          return true;
        });
  }

  @Override
  public void release(Claim claim, Duration wait) {
    claims.postpone(claim, wait);
    if (wait.isZero()) {
      announcements.released();
    }
  }

  private void save(JobRow row, Job job) {
    fill(row, job);
    rows.save(row);
  }

  private void fill(JobRow row, Job job) {
    row.status = job.status().wire();
    row.attempt = job.attempt();
    row.registering = job.isRegistering();
    row.document = json.write(job);
    row.revision++;
    announcements.changed();
  }
}
