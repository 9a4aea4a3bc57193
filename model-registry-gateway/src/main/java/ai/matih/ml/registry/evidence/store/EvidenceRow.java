package ai.matih.ml.registry.evidence.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.TestCounts;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

@Entity
@Table(name = "evidence")
@SuppressWarnings("NullAway.Init")
class EvidenceRow {

  @Id UUID id;
  @TenantId String tenant;
  String modelId;
  int version;
  String kind;

  @Enumerated(EnumType.STRING)
  Evidence.Source source;

  @Enumerated(EnumType.STRING)
  Evidence.Format format;

  @Enumerated(EnumType.STRING)
  Outcome outcome;

  @JdbcTypeCode(SqlTypes.JSON)
  String counts;

  @JdbcTypeCode(SqlTypes.JSON)
  String checks;

  String artifactDigest;
  String reportDigest;
  @Nullable Long reportBytes;
  @Nullable String note;
  String recordedBy;
  Instant recordedAt;

  /** Counts as they are stored, without what can be computed from them. */
  record Counts(int passed, int failed, int errors, int skipped) {}

  static EvidenceRow of(Evidence evidence) {
    EvidenceRow row = new EvidenceRow();
    row.id = evidence.id();
    row.modelId = evidence.model().slug();
    row.version = evidence.version().value();
    row.kind = evidence.kind();
    row.source = evidence.source();
    row.format = evidence.format();
    row.outcome = evidence.outcome();
    TestCounts counts = evidence.counts();
    row.counts =
        Json.write(new Counts(counts.passed(), counts.failed(), counts.errors(), counts.skipped()));
    row.checks = Json.write(evidence.checks());
    row.artifactDigest = evidence.artifact().value();
    row.reportDigest = evidence.report().value();
    row.reportBytes = evidence.reportBytes().orElse(null);
    row.note = evidence.note().orElse(null);
    row.recordedBy = evidence.recordedBy();
    row.recordedAt = evidence.recordedAt();
    return row;
  }

  Evidence evidence() {
    Counts stored = Json.read(counts, Counts.class);
    return new Evidence(
        id,
        new ModelId(modelId),
        new VersionNumber(version),
        kind,
        source,
        format,
        outcome,
        new TestCounts(stored.passed(), stored.failed(), stored.errors(), stored.skipped()),
        Json.read(checks, new TypeReference<List<Check>>() {}),
        new Digest(artifactDigest),
        new Digest(reportDigest),
        Optional.ofNullable(reportBytes),
        Optional.ofNullable(note),
        recordedBy,
        recordedAt);
  }
}
