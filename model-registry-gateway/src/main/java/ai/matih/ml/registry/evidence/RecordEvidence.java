package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.Transactions;
import ai.matih.ml.registry.artifact.Digest;
import ai.matih.ml.registry.evidence.Evidence.Format;
import ai.matih.ml.registry.evidence.Evidence.Source;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Adds reports to a version, uploaded ones and the platform's own. */
public final class RecordEvidence {

  /**
   * An uploaded report.
   *
   * @param content as it was sent; its digest goes into approvals
   */
  public record Upload(String kind, Format format, String content, Optional<String> note) {}

  private final Models models;
  private final EvidenceLog log;
  private final List<EvidenceListener> listeners;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  public RecordEvidence(
      Models models,
      EvidenceLog log,
      List<EvidenceListener> listeners,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    this.models = models;
    this.log = log;
    this.listeners = List.copyOf(listeners);
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public Evidence upload(ModelVersion version, Upload upload, String principal) {
    if (version.stage() == Stage.ARCHIVED) {
      throw new Problem(
          RegistryError.VERSION_ARCHIVED, "Version %s is archived.".formatted(version.number()));
    }
    TestCounts counts;
    try {
      counts =
          switch (upload.format()) {
            case JUNIT -> JunitReport.count(upload.content());
            case JSON -> JsonReport.count(upload.content());
            case CHECKS -> throw new ReportRefused("Only the platform writes this format.");
          };
    } catch (ReportRefused refused) {
      throw new Problem(RegistryError.REPORT_REFUSED, refused.reason());
    }
    Evidence evidence =
        new Evidence(
            UUID.randomUUID(),
            version.model(),
            version.number(),
            upload.kind(),
            Source.UPLOADED,
            upload.format(),
            counts.outcome(),
            counts,
            List.of(),
            version.bundle().digest(),
            Digest.of(upload.content()),
            upload.note(),
            principal,
            clock.instant().truncatedTo(ChronoUnit.MICROS));
    record(version, evidence);
    return evidence;
  }

  /** What the platform itself found out. */
  Evidence found(ModelVersion version, String kind, List<Check> checks) {
    Evidence evidence =
        Evidence.ofPlatform(
            UUID.randomUUID(),
            version,
            kind,
            checks,
            clock.instant().truncatedTo(ChronoUnit.MICROS));
    record(version, evidence);
    return evidence;
  }

  /**
   * What a run of somebody's own tests left.
   *
   * @param uploadedBy who wrote the package, and with it decided what comes out
   */
  record PackageRun(String job, String uploadedBy, String report, TestCounts counts) {}

  /** The outcome of a package's own tests. */
  Evidence fromPackage(
      ModelVersion version, String requestedBy, Examination.Subject.Tests tests, PackageRun run) {
    Check ran =
        Check.passed(
            "package",
            "%d of its tests were executed, %d skipped; their author decides what they find."
                .formatted(run.counts().executed(), run.counts().skipped()),
            Map.of(
                "package", tests.packageDigest(),
                "uploaded_by", run.uploadedBy(),
                "job", run.job()));
    return record(version, requestedBy, tests, ran, run.counts(), run.report());
  }

  /** A package's tests that left no report; that is an error, not a pass. */
  Evidence packageFailed(
      ModelVersion version, String requestedBy, Examination.Subject.Tests tests, String why) {
    Check failed =
        new Check("package", Outcome.FAILED, why, Map.of("package", tests.packageDigest()));
    return record(version, requestedBy, tests, failed, new TestCounts(0, 0, 1, 0), why);
  }

  private Evidence record(
      ModelVersion version,
      String requestedBy,
      Examination.Subject.Tests tests,
      Check check,
      TestCounts counts,
      String report) {
    Evidence evidence =
        new Evidence(
            UUID.randomUUID(),
            version.model(),
            version.number(),
            tests.kind(),
            Source.PACKAGE,
            Format.JUNIT,
            counts.outcome(),
            counts,
            List.of(check),
            version.bundle().digest(),
            Digest.of(report),
            tests.note(),
            requestedBy,
            clock.instant().truncatedTo(ChronoUnit.MICROS));
    record(version, evidence);
    return evidence;
  }

  private void record(ModelVersion version, Evidence evidence) {
    transactions.run(
        () -> {
          // Everybody who changes a model begins with this lock; in another order they could wait
          // for each other for ever.
          models.lock(version.model());
          log.add(evidence);
          audit.record(
              "evidence.recorded",
              version.path() + "/evidence/" + evidence.id(),
              Map.of(
                  "kind", evidence.kind(),
                  "source", evidence.source(),
                  "outcome", evidence.outcome(),
                  "artifact", evidence.artifact(),
                  "report", evidence.report()));
          listeners.forEach(listener -> listener.recorded(version.model()));
        });
  }
}
