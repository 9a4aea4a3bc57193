package ai.matih.ml.registry.evidence.web;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.TestCounts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One report about a version.
 *
 * @param reportBytes size of the report, where it can be opened at {@code …/report}
 */
record EvidenceAnswer(
    UUID id,
    String kind,
    Evidence.Source source,
    Evidence.Format format,
    Outcome outcome,
    Counts tests,
    List<Check> checks,
    Digest artifactDigest,
    Digest reportDigest,
    Optional<Long> reportBytes,
    Optional<String> note,
    String recordedBy,
    Instant recordedAt) {

  record Counts(int total, int executed, int passed, int failed, int errors, int skipped) {
    static Counts of(TestCounts counts) {
      return new Counts(
          counts.total(),
          counts.executed(),
          counts.passed(),
          counts.failed(),
          counts.errors(),
          counts.skipped());
    }
  }

  static EvidenceAnswer of(Evidence evidence) {
    return new EvidenceAnswer(
        evidence.id(),
        evidence.kind(),
        evidence.source(),
        evidence.format(),
        evidence.outcome(),
        Counts.of(evidence.counts()),
        evidence.checks(),
        evidence.artifact(),
        evidence.report(),
        evidence.reportBytes(),
        evidence.note(),
        evidence.recordedBy(),
        evidence.recordedAt());
  }
}
