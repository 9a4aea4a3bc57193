package ai.matih.ml.registry.model.store;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.Evaluation;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

@Entity
@Table(name = "model_version")
@SuppressWarnings("NullAway.Init")
class VersionRow {

  private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() {};

  @Id UUID id;
  @TenantId String tenant;
  String modelId;
  int number;

  @Enumerated(EnumType.STRING)
  Stage stage;

  boolean superseded;
  Instant stageSince;
  @Nullable String semanticVersion;
  @Nullable String description;
  String digest;

  @JdbcTypeCode(SqlTypes.JSON)
  String files;

  @JdbcTypeCode(SqlTypes.JSON)
  String signature;

  @JdbcTypeCode(SqlTypes.JSON)
  String evaluation;

  @Enumerated(EnumType.STRING)
  Provenance provenance;

  String provenanceReason;

  @JdbcTypeCode(SqlTypes.JSON)
  String lineage;

  String runId;
  String experimentId;
  @Nullable String jobId;
  @Nullable String trainedBy;
  String registeredBy;
  Instant createdAt;

  @Enumerated(EnumType.STRING)
  OnnxStatus onnx;

  @Enumerated(EnumType.STRING)
  Validation validation;

  Instant validationRequestedAt;

  @Nullable Instant deletedAt;

  static VersionRow of(ModelVersion version) {
    VersionRow row = new VersionRow();
    row.id = UUID.randomUUID();
    row.modelId = version.model().slug();
    row.number = version.number().value();
    row.stage = version.stage();
    row.superseded = version.superseded();
    row.stageSince = version.stageSince();
    row.semanticVersion = version.semanticVersion().orElse(null);
    row.description = version.description().orElse(null);
    row.digest = version.bundle().digest().value();
    row.files = Json.write(version.bundle().files());
    row.signature = Json.write(version.signature());
    row.evaluation = Json.write(version.evaluation());
    row.provenance = version.provenance();
    row.provenanceReason = version.provenanceReason();
    row.lineage = Json.write(version.lineage());
    row.runId = version.run().value();
    row.experimentId = version.experimentId();
    row.jobId = version.job().orElse(null);
    row.trainedBy = version.trainedBy().orElse(null);
    row.registeredBy = version.registeredBy();
    row.createdAt = version.createdAt();
    row.onnx = version.onnx();
    row.validation = version.validation();
    row.validationRequestedAt = version.validationRequestedAt();
    return row;
  }

  ModelVersion version() {
    return new ModelVersion(
        new ModelId(modelId),
        new VersionNumber(number),
        stage,
        superseded,
        stageSince,
        Optional.ofNullable(semanticVersion),
        Optional.ofNullable(description),
        new BundleFiles(
            new Digest(digest), Json.read(files, new TypeReference<Map<String, String>>() {})),
        Json.read(signature, DOCUMENT),
        Json.read(evaluation, Evaluation.class),
        provenance,
        provenanceReason,
        Json.read(lineage, DOCUMENT),
        new RunId(runId),
        experimentId,
        Optional.ofNullable(jobId),
        Optional.ofNullable(trainedBy),
        registeredBy,
        createdAt,
        onnx,
        validation,
        validationRequestedAt);
  }
}
