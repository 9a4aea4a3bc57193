package ai.matih.ml.registry.retention;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.fixture.FakeServingRouter;
import ai.matih.ml.registry.fixture.FakeTrainingJobs;
import ai.matih.ml.registry.fixture.InMemory.DirectTransactions;
import ai.matih.ml.registry.fixture.InMemory.RememberingAudit;
import ai.matih.ml.registry.fixture.MemoryStoredFiles;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.fixture.UseCases;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.TrainingJobs;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StagePeriod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The use cases of retention on the stores in memory, with one model. */
final class RetentionWorld {

  static final Tenant TENANT = new Tenant("acme");
  static final Duration GRACE = Duration.ofDays(7);
  static final Duration KEEP = Duration.ofDays(1);
  private static final RetentionSettings SETTINGS =
      new RetentionSettings(
          GRACE, KEEP, Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofSeconds(30));

  private Instant now = Samples.START.plusSeconds(3600);

  private final class Moving extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  final FakeServingRouter router = new FakeServingRouter();
  final RememberingAudit audit = new RememberingAudit();
  private final Clock clock = new Moving();
  private final DirectTransactions plain = new DirectTransactions();
  final UseCases use = new UseCases(router, audit, plain, clock);
  private final RefuseInUse refuse = new RefuseInUse(use.history, router);
  private final EndTransitions end =
      new EndTransitions(use.transitions, use.overrides, use.transactions);
  private final RecordDeletion record =
      new RecordDeletion(
          use.versions, use.removals, use.deletions, end, use.transactions, SETTINGS);
  final DeleteVersions delete =
      new DeleteVersions(use.find, use.deletions, record, refuse, use.events, use.transactions);
  final BatchVersions batches =
      new BatchVersions(use.versions, use.deletions, record, refuse, use.events, use.transactions);
  final DeleteModel deleteModel =
      new DeleteModel(use.find, use.models, batches, end, refuse, use.transactions);
  final ChangeRetention change = new ChangeRetention(use.find, use.deletions, use.transactions);
  final RemoveFiles remove =
      new RemoveFiles(
          use.versions,
          use.removals,
          use.deletions,
          use.bundles,
          refuse,
          use.transactions,
          SETTINGS);
  final MemoryStoredFiles stored = new MemoryStoredFiles(clock, KEEP);
  private final FakeTrainingJobs jobs = new FakeTrainingJobs();
  private final RemoveUnusedFiles removeUnused =
      new RemoveUnusedFiles(
          stored,
          use.versions,
          use.deletions,
          jobs,
          use.removals,
          use.bundles,
          use.transactions,
          SETTINGS);
  final ApplyRetention apply =
      new ApplyRetention(
          use.models,
          use.versions,
          use.transitions,
          use.deletions,
          delete,
          use.transactions,
          SETTINGS);

  RetentionWorld() {
    use.models.add(
        Samples.model(),
        new PolicyRevision(Samples.MODEL, 1, Policy.UNDECLARED, "user:owner", Samples.START));
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Instant now() {
    return now;
  }

  void job(String id, String status) {
    jobs.put(
        TENANT.slug(),
        new TrainingJobs.TrainingJob(id, true, status, Optional.empty(), Optional.empty()));
  }

  /** What the reconciler does with the notes that are due. */
  void removeUnused() {
    TenantScope.run(TENANT, () -> stored.due().forEach(removeUnused::remove));
  }

  /** A version with files that are its own, in a stage since now. */
  ModelVersion has(int number, Stage stage) {
    return has(number, stage, "files of " + number);
  }

  ModelVersion has(int number, Stage stage, String content) {
    ModelVersion version =
        Samples.placed(
            Samples.of(
                Samples.version(number, stage),
                use.bundles.put(
                    Map.of("MLmodel", content.getBytes(java.nio.charset.StandardCharsets.UTF_8)))),
            stage,
            false,
            now);
    use.versions.add(version);
    use.history.begin(
        new StagePeriod(
            version.model(),
            version.number(),
            stage,
            false,
            now,
            Optional.empty(),
            Optional.empty(),
            "user:registrar",
            Optional.empty()));
    return version;
  }

  Deletion delete(int number) {
    return here(
        () ->
            delete.delete(
                Samples.MODEL, number, Optional.of("old"), "user:alice", Deletion.Cause.ASKED));
  }

  Optional<Deletion> deletion(int number) {
    return use.deletions.of(Samples.MODEL, new VersionNumber(number));
  }

  /** What the reconciler does with a deletion. */
  Deletion remove(Deletion deletion) {
    return here(
        () -> {
          remove.remove(deletion.id());
          return use.deletions.find(deletion.id()).orElseThrow();
        });
  }

  /** What the reconciler does with a model's versions, until nothing is left. */
  int batches() {
    int steps = 0;
    for (Optional<BatchedChange> open = use.deletions.batchesOf(Samples.MODEL);
        open.isPresent();
        open = use.deletions.batchesOf(Samples.MODEL)) {
      UUID id = open.get().id();
      here(
          () -> {
            batches.next(id);
            return id;
          });
      steps++;
    }
    return steps;
  }

  static <T> T here(Supplier<T> work) {
    return TenantScope.call(TENANT, work);
  }
}
