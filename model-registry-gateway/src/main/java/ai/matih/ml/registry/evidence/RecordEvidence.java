package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.Evidence.Format;
import ai.matih.ml.registry.evidence.Evidence.Source;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
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

  /**
   * @param created false when it was there already
   */
  public record Uploaded(Evidence evidence, boolean created) {}

  private final FindModel find;
  private final EvidenceLog log;
  private final Reports reports;
  private final List<EvidenceListener> listeners;
  private final ModelTransactions transactions;

  public RecordEvidence(
      FindModel find,
      EvidenceLog log,
      Reports reports,
      List<EvidenceListener> listeners,
      ModelTransactions transactions) {
    this.find = find;
    this.log = log;
    this.reports = reports;
    this.listeners = List.copyOf(listeners);
    this.transactions = transactions;
  }

  /**
   * Counts a report, keeps it and records what came out. The same report of the same person again
   * is the evidence that is there, unless something of its kind came in between: so a caller may
   * repeat it.
   */
  public Uploaded upload(ModelVersion version, Upload upload, String principal) {
    refuseArchived(version);
    TestCounts counts = count(upload);
    reports.keep(version.bundle().digest(), upload.content());
    return transactions.locked(
        version.model(),
        () -> {
          // It may have been deleted or archived since it was found.
          refuseArchived(find.version(version.model(), version.number().value()));
          Evidence evidence = uploaded(version, upload, counts, principal);
          Optional<Evidence> before = latest(evidence).filter(one -> isSame(one, evidence));
          if (before.isEmpty()) {
            record(version, evidence);
          }
          return new Uploaded(before.orElse(evidence), before.isEmpty());
        });
  }

  private static void refuseArchived(ModelVersion version) {
    if (version.stage() == Stage.ARCHIVED) {
      throw new Problem(
          RegistryError.VERSION_ARCHIVED, "Version %s is archived.".formatted(version.number()));
    }
  }

  private static TestCounts count(Upload upload) {
    try {
      return switch (upload.format()) {
        case JUNIT -> JunitReport.count(upload.content());
        case JSON -> JsonReport.count(upload.content());
        case CHECKS -> throw new ReportRefused("Only the platform writes this format.");
      };
    } catch (ReportRefused refused) {
      throw new Problem(RegistryError.REPORT_REFUSED, refused.reason());
    }
  }

  private Evidence uploaded(
      ModelVersion version, Upload upload, TestCounts counts, String principal) {
    byte[] content = Evidence.bytes(upload.content());
    return new Evidence(
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
        Digest.of(content),
        Optional.of((long) content.length),
        upload.note(),
        principal,
        transactions.now());
  }

  private Optional<Evidence> latest(Evidence like) {
    return log.of(like.model(), like.version()).stream()
        .filter(one -> one.kind().equals(like.kind()))
        .reduce((_, later) -> later);
  }

  /** Evidence of an earlier release without its report is not the same as one that has it. */
  private static boolean isSame(Evidence one, Evidence other) {
    return one.source() == other.source()
        && one.format() == other.format()
        && one.report().equals(other.report())
        && one.reportBytes().equals(other.reportBytes())
        && one.note().equals(other.note())
        && one.recordedBy().equals(other.recordedBy());
  }

  /** What the platform itself found out. */
  Evidence found(ModelVersion version, String kind, List<Check> checks) {
    Evidence evidence =
        Evidence.ofPlatform(UUID.randomUUID(), version, kind, checks, transactions.now());
    record(version, evidence);
    return evidence;
  }

  /**
   * What a run of somebody's own tests left.
   *
   * @param uploadedBy who wrote the package, and with it decided what comes out
   */
  record PackageRun(String job, String uploadedBy, String report, TestCounts counts) {}

  /**
   * Keeps what a package's tests left, so that {@link #fromPackage} may speak of it. It calls the
   * object store and belongs before the transaction.
   */
  void keep(ModelVersion version, String report) {
    reports.keep(version.bundle().digest(), report);
  }

  /** The outcome of a package's own tests, whose report is kept already. */
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
    byte[] report = Evidence.bytes(run.report());
    return record(
        version,
        requestedBy,
        tests,
        ran,
        run.counts(),
        Digest.of(report),
        Optional.of((long) report.length));
  }

  /** A package's tests that left no report: what they would have found is not known. */
  Evidence packageNotRun(
      ModelVersion version, String requestedBy, Examination.Subject.Tests tests, String why) {
    return record(
        version,
        requestedBy,
        tests,
        new Check("package", Outcome.NOT_RUN, why, Map.of("package", tests.packageDigest())),
        new TestCounts(0, 0, 0, 0),
        Digest.of(why),
        Optional.empty());
  }

  private Evidence record(
      ModelVersion version,
      String requestedBy,
      Examination.Subject.Tests tests,
      Check check,
      TestCounts counts,
      Digest report,
      Optional<Long> reportBytes) {
    Evidence evidence =
        new Evidence(
            UUID.randomUUID(),
            version.model(),
            version.number(),
            tests.kind(),
            Source.PACKAGE,
            Format.JUNIT,
            check.hasPassed() ? counts.outcome() : check.outcome(),
            counts,
            List.of(check),
            version.bundle().digest(),
            report,
            reportBytes,
            tests.note(),
            requestedBy,
            transactions.now());
    record(version, evidence);
    return evidence;
  }

  private void record(ModelVersion version, Evidence evidence) {
    transactions.runLocked(
        version.model(),
        () -> {
          log.add(evidence);
          transactions.record(
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
