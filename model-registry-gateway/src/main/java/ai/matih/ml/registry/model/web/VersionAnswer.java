package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.artifact.Digest;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStanding;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A version with everything that is known of it but its evidence. */
record VersionAnswer(
    ModelId modelId,
    VersionNumber version,
    Stage stage,
    boolean superseded,
    Instant stageSince,
    Optional<String> semanticVersion,
    Optional<String> description,
    Digest digest,
    Artifact artifact,
    Map<String, Object> signature,
    Map<String, Double> metrics,
    Optional<String> evaluatedOn,
    Provenance provenance,
    String provenanceReason,
    OnnxStanding onnx,
    Validation validation,
    RunId runId,
    String experimentId,
    Optional<String> jobId,
    Optional<String> trainedBy,
    String registeredBy,
    Map<String, Object> lineage,
    Instant createdAt) {

  /** Where the files lie and what is in them. */
  record Artifact(String uri, Digest digest, Map<String, String> files) {}

  static VersionAnswer of(ModelVersion version, String uri) {
    Digest digest = version.bundle().digest();
    return new VersionAnswer(
        version.model(),
        version.number(),
        version.stage(),
        version.superseded(),
        version.stageSince(),
        version.semanticVersion(),
        version.description(),
        digest,
        new Artifact(uri, digest, version.bundle().sortedFiles()),
        version.signature(),
        version.evaluation().metrics(),
        version.evaluation().datasetDigest(),
        version.provenance(),
        version.provenanceReason(),
        version.onnx(),
        version.validation(),
        version.run(),
        version.experimentId(),
        version.job(),
        version.trainedBy(),
        version.registeredBy(),
        version.lineage(),
        version.createdAt());
  }
}
