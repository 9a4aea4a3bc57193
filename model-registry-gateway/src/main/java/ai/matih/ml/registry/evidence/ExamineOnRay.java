package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.evidence.Examination.Subject;
import ai.matih.ml.registry.evidence.VersionJobs.JobStatus;
import ai.matih.ml.registry.evidence.VersionJobs.Measured;
import ai.matih.ml.registry.evidence.VersionJobs.Tested;
import ai.matih.ml.registry.evidence.VersionJobs.WorkRefused;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Validation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the next step of an examination on Ray: asks for its job, follows it, and records what came
 * out. It may die between any two lines: the job is asked for by the examination's id, and the
 * evidence is stored together with the examination's end.
 *
 * <p>Nothing that the job says is taken before it names the version and the data that were asked
 * for.
 */
public final class ExamineOnRay {

  private static final Logger log = LoggerFactory.getLogger(ExamineOnRay.class);

  private final Examinations examinations;
  private final FindModel find;
  private final VersionJobs jobs;
  private final RecordEvidence record;
  private final ModelTransactions transactions;
  private final EvidenceSettings settings;

  private record Seen(Examination examination, ModelVersion version) {}

  public ExamineOnRay(
      Examinations examinations,
      FindModel find,
      VersionJobs jobs,
      RecordEvidence record,
      ModelTransactions transactions,
      EvidenceSettings settings) {
    this.examinations = examinations;
    this.find = find;
    this.jobs = jobs;
    this.record = record;
    this.transactions = transactions;
    this.settings = settings;
  }

  /** Takes a step; says how long to wait before the next one. */
  Duration step(UUID id) {
    Optional<Seen> seen = transactions.call(() -> read(id));
    if (seen.isEmpty() || seen.get().examination().isOver()) {
      return Duration.ZERO;
    }
    try {
      return step(seen.get()) ? Duration.ZERO : settings.pollJobs();
    } catch (EngineFailure failure) {
      log.info("Examination {} waits: {}", id, failure.getMessage());
      change(id, open -> open.waiting(failure.engine() + " gave no answer; it is asked again."));
      return settings.retryAfter();
    }
  }

  private Optional<Seen> read(UUID id) {
    return examinations
        .find(id)
        .map(
            examination ->
                new Seen(
                    examination, find.version(examination.model(), examination.version().value())));
  }

  private boolean step(Seen seen) {
    Examination examination = seen.examination();
    if (examination.job().isEmpty() && examination.subject() instanceof Subject.OnData) {
      // A hostile graph reaches no engine of ours before the checks have looked at it.
      if (seen.version().validation() == Validation.PENDING) {
        change(examination.id(), open -> open.waiting("It waits for the platform's checks."));
        return false;
      }
      if (seen.version().onnx() == OnnxStatus.UNVERIFIED) {
        return notFound(
            seen, "The version has no ONNX graph that the checks let pass; nothing is measured.");
      }
    }
    String job;
    try {
      job =
          examination.job().isPresent()
              ? examination.job().get()
              : jobs.ask(examination, seen.version());
    } catch (WorkRefused refused) {
      return notFound(seen, refused.reason());
    }
    if (examination.job().isEmpty()) {
      change(
          examination.id(), open -> open.running(job, 0, "Its job is queued.", transactions.now()));
    }
    Optional<JobStatus> status = jobs.find(job);
    if (status.isEmpty()) {
      return notFound(seen, "The training service has no job " + job + " any more.");
    }
    if (!status.get().hasEnded()) {
      follow(examination.id(), job, status.get());
      return false;
    }
    return conclude(seen, job, status.get());
  }

  private void follow(UUID id, String job, JobStatus status) {
    String how = "Job %s is %s.".formatted(job, status.status());
    change(id, open -> open.running(job, status.progress(), how, transactions.now()));
  }

  private boolean conclude(Seen seen, String job, JobStatus status) {
    if (!status.status().equals("succeeded")) {
      return notFound(
          seen,
          "Job %s %s%s"
              .formatted(
                  job,
                  status.status().equals("cancelled") ? "was cancelled" : "failed",
                  status.failure().map(why -> ": " + why).orElse(".")));
    }
    return switch (seen.examination().subject()) {
      case Subject.OnData data -> measured(seen, data, job, status.measured());
      case Subject.Tests tests -> tested(seen, tests, job, status.tested());
      case Subject.Checks _ -> throw new IllegalStateException("checks are not made on Ray");
    };
  }

  private boolean measured(Seen seen, Subject.OnData data, String job, Optional<Measured> left) {
    String dataDigest = data.dataset().substring(data.dataset().indexOf('@') + 1);
    Optional<Measured> fitting =
        left.filter(m -> m.digest().equals(seen.version().bundle().digest().value()))
            .filter(m -> m.dataDigest().equals(dataDigest))
            .filter(m -> m.targetColumn().equals(data.targetColumn()));
    if (fitting.isEmpty()) {
      return notFound(seen, "Job " + job + " measured something else than was asked for.");
    }
    Measured measured = fitting.get();
    Check check =
        new Measurement(
                job,
                data.dataset(),
                measured.dataDigest(),
                measured.targetColumn(),
                measured.rows(),
                measured.metrics(),
                measured.engine())
            .check();
    return end(
        seen, () -> record.found(seen.version(), Evidence.PLATFORM_EVALUATION, List.of(check)));
  }

  private boolean tested(Seen seen, Subject.Tests tests, String job, Optional<Tested> left) {
    Optional<Tested> fitting =
        left.filter(t -> t.digest().equals(seen.version().bundle().digest().value()))
            .filter(t -> t.packageDigest().equals(tests.packageDigest()));
    if (fitting.isEmpty()) {
      return notFound(seen, "Job " + job + " tested something else than was asked for.");
    }
    String report;
    TestCounts counts;
    try {
      report = jobs.report(job);
      counts = JunitReport.count(report);
    } catch (WorkRefused | ReportRefused refused) {
      return notFound(seen, "The report of job %s: %s".formatted(job, refused.getMessage()));
    }
    record.keep(seen.version(), report);
    return end(
        seen,
        () ->
            record.fromPackage(
                seen.version(),
                seen.examination().requestedBy(),
                tests,
                new RecordEvidence.PackageRun(job, fitting.get().uploadedBy(), report, counts)));
  }

  /** That it could not be found out is evidence too. */
  private boolean notFound(Seen seen, String why) {
    return end(
        seen,
        () ->
            switch (seen.examination().subject()) {
              case Subject.OnData _ ->
                  record.found(
                      seen.version(), Evidence.PLATFORM_EVALUATION, Measurement.notMade(why));
              case Subject.Tests tests ->
                  record.packageNotRun(
                      seen.version(), seen.examination().requestedBy(), tests, why);
              case Subject.Checks _ ->
                  throw new IllegalStateException("checks are not made on Ray");
            });
  }

  /** Evidence and end in one transaction, once, whoever else looks at the same time. */
  private boolean end(Seen seen, java.util.function.Supplier<Evidence> evidence) {
    transactions.runLocked(
        seen.version().model(),
        () ->
            examinations
                .lock(seen.examination().id())
                .filter(open -> !open.isOver())
                .ifPresent(
                    open -> examinations.save(open.done(evidence.get(), transactions.now()))));
    return true;
  }

  private void change(UUID id, UnaryOperator<Examination> how) {
    transactions.run(
        () ->
            examinations
                .lock(id)
                .filter(open -> !open.isOver())
                .ifPresent(
                    open -> {
                      Examination changed = how.apply(open);
                      if (!changed.equals(open)) {
                        examinations.save(changed);
                      }
                    }));
  }

  /** For the audit trail and people: what was asked for. */
  static Map<String, Object> described(Subject subject) {
    return switch (subject) {
      case Subject.Checks _ -> Map.of("subject", "checks");
      case Subject.OnData data -> Map.of("subject", "evaluation", "dataset", data.dataset());
      case Subject.Tests tests -> Map.of("subject", tests.kind(), "package", tests.packageDigest());
    };
  }
}
