package ai.matih.ml.training.job;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.job.store.JobJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The store set of this service's unit tests. Jobs are kept as text, so that no test shares one.
 */
final class InMemoryJobs implements Jobs, JobDemand {

  private static final JobJson JSON = new JobJson(JsonMapper.builder().build());

  private static final class Row {
    private final Tenant tenant;
    private String document;
    private long revision = 1;
    private long epoch;
    private Instant due = Instant.EPOCH;
    private @Nullable Instant leasedUntil;

    private Row(Job job) {
      tenant = job.tenant();
      document = JSON.write(job);
    }

    private Job job() {
      return JSON.read(document);
    }

    private void write(Job job) {
      document = JSON.write(job);
      revision++;
    }
  }

  /** What the ends of jobs left for other services. */
  final List<JobEnd.Message> messages = new ArrayList<>();

  /** What the audit trail has of people. */
  final List<String> actions = new ArrayList<>();

  private final Map<JobId, Row> rows = new LinkedHashMap<>();

  synchronized void clear() {
    rows.clear();
    messages.clear();
  }

  synchronized void makeDue() {
    rows.values()
        .forEach(
            row -> {
              row.due = Instant.EPOCH;
              row.leasedUntil = null;
            });
  }

  synchronized Duration longestWait() {
    Instant last =
        rows.values().stream().map(row -> row.due).max(Comparator.naturalOrder()).orElseThrow();
    return Duration.between(Instant.now(), last);
  }

  private Optional<Row> row(JobId id) {
    return Optional.ofNullable(rows.get(id))
        .filter(row -> row.tenant.equals(TenantScope.require()));
  }

  @Override
  public synchronized Optional<Job> find(JobId id) {
    return row(id).map(Row::job);
  }

  @Override
  public synchronized Optional<Revised> findRevised(JobId id) {
    return row(id).map(row -> new Revised(row.job(), row.revision));
  }

  @Override
  public synchronized Job add(Job job) {
    return rows.computeIfAbsent(job.id(), _ -> new Row(job)).job();
  }

  @Override
  public synchronized Optional<Job> change(JobId id, String action, Consumer<Job> change) {
    Optional<Row> found = row(id);
    found.ifPresent(
        row -> {
          edit(row, change);
          row.due = Instant.EPOCH;
          actions.add(action);
        });
    return found.map(Row::job);
  }

  private static void edit(Row row, Consumer<Job> change) {
    Job job = row.job();
    change.accept(job);
    row.write(job);
  }

  @Override
  public synchronized Page<Job> list(
      Optional<JobStatus> status, Optional<String> name, PageRequest page) {
    List<Job> found =
        rows.values().stream()
            .filter(row -> row.tenant.equals(TenantScope.require()))
            .map(Row::job)
            .filter(job -> status.map(job.status()::equals).orElse(true))
            .filter(job -> name.map(job.specification().name()::equals).orElse(true))
            .sorted(Comparator.comparing(Job::createdAt).reversed())
            .limit(page.limit())
            .toList();
    return Page.cut(found, page, last -> PageToken.of(last.createdAt(), last.id()));
  }

  @Override
  public synchronized List<Claim> claim(int max) {
    return claim(max, job -> !job.status().isTerminal() && !job.isRegistering());
  }

  /** What the reconciler of registrations claims. */
  synchronized List<Claim> claimRegistering(int max) {
    return claim(max, Job::isRegistering);
  }

  private List<Claim> claim(int max, Predicate<Job> wanted) {
    Instant now = Instant.now();
    return rows.entrySet().stream()
        .filter(entry -> wanted.test(entry.getValue().job()))
        .filter(entry -> !entry.getValue().due.isAfter(now))
        .filter(
            entry -> {
              Instant until = entry.getValue().leasedUntil;
              return until == null || until.isBefore(now);
            })
        .sorted(Comparator.comparing(entry -> entry.getValue().due))
        .limit(max)
        .map(
            entry -> {
              Row row = entry.getValue();
              row.epoch++;
              row.leasedUntil = Instant.MAX;
              return new Claim(row.tenant, entry.getKey().toString(), row.epoch);
            })
        .toList();
  }

  private Optional<Row> held(Claim claim) {
    return Optional.ofNullable(rows.get(JobId.of(claim.id())))
        .filter(row -> row.epoch == claim.epoch());
  }

  @Override
  public synchronized Optional<Job> claimed(Claim claim) {
    return held(claim).map(Row::job);
  }

  @Override
  public synchronized boolean store(Claim claim, Job job) {
    Optional<Row> held = held(claim);
    held.ifPresent(
        row -> {
          Job before = row.job();
          job.takeOverCancel(before);
          row.write(job);
          if (job.status().isTerminal() && !before.status().isTerminal()) {
            messages.addAll(JobEnd.messages(job));
          }
        });
    return held.isPresent();
  }

  @Override
  public synchronized void release(Claim claim, Duration wait) {
    held(claim)
        .ifPresent(
            row -> {
              row.leasedUntil = null;
              row.due = Instant.now().plus(wait);
            });
  }

  @Override
  public synchronized Demand all() {
    return sum(InMemoryJobs::isInCluster, _ -> true);
  }

  @Override
  public synchronized Demand before(Job job) {
    return sum(
        other -> !other.id().equals(job.id()) && (isInCluster(other) || isBefore(other, job)),
        other -> !other.id().equals(job.id()) && isBefore(other, job));
  }

  @Override
  public synchronized Demand waitingBefore(int priority) {
    return sum(
        other -> !isInCluster(other) && other.specification().priority() >= priority,
        other -> other.specification().priority() >= priority);
  }

  private Demand sum(Predicate<Job> counted, Predicate<Job> waiting) {
    List<JobSpecification.Resources> taken =
        living().filter(counted).map(job -> job.specification().atOnce()).toList();
    return new Demand(
        taken.stream().mapToDouble(JobSpecification.Resources::cpus).sum(),
        taken.stream().mapToDouble(JobSpecification.Resources::gpus).sum(),
        taken.stream().mapToLong(JobSpecification.Resources::memoryBytes).sum(),
        (int) living().filter(job -> !isInCluster(job)).filter(waiting).count());
  }

  private Stream<Job> living() {
    return rows.values().stream().map(Row::job).filter(job -> !job.status().isTerminal());
  }

  private static boolean isInCluster(Job job) {
    return Set.of(JobStatus.SUBMITTING, JobStatus.UNKNOWN, JobStatus.PENDING, JobStatus.RUNNING)
            .contains(job.status())
        && !job.isRegistering();
  }

  private static boolean isBefore(Job other, Job job) {
    int byPriority =
        Integer.compare(job.specification().priority(), other.specification().priority());
    return !isInCluster(other)
        && (byPriority != 0
            ? byPriority < 0
            : Comparator.comparing(Job::createdAt)
                    .thenComparing(each -> each.id().value())
                    .compare(other, job)
                < 0);
  }

  @Override
  public synchronized boolean isCurrent(SubmissionId submission) {
    return living().anyMatch(job -> job.submissionId().equals(submission));
  }

  @Override
  public String installation() {
    return "in-memory";
  }
}
