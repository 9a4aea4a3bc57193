package ai.matih.ml.registry.model.web;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionOverrides.VersionOverride;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A version with everything that is known of it but its evidence.
 *
 * @param bundleFormat number of the format in which its files are written
 * @param overrides gates that somebody overrode for it; they stay for ever
 */
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
    int bundleFormat,
    Map<String, Object> signature,
    Map<String, Double> metrics,
    Optional<String> evaluatedOn,
    Provenance provenance,
    String provenanceReason,
    OnnxStatus onnx,
    Validation validation,
    RunId runId,
    String experimentId,
    Optional<String> jobId,
    Optional<String> trainedBy,
    String registeredBy,
    Map<String, Object> lineage,
    List<VersionOverride> overrides,
    Instant createdAt) {

  /** Where the files lie and what is in them. */
  record Artifact(String uri, Digest digest, Map<String, String> files) {}

  /**
   * What reproduces the version: what its training code wrote down, and what the platform knows.
   * Where no job of the platform made it, it is only what somebody says.
   */
  private static Map<String, Object> lineage(ModelVersion version) {
    Map<String, Object> lineage = new TreeMap<>(version.lineage());
    // A job that somebody wrote down did not make it.
    lineage.remove("job_id");
    version.job().ifPresent(job -> lineage.put("job_id", job));
    lineage.put("run_id", version.run());
    lineage.put("experiment_id", version.experimentId());
    lineage.put("self_reported", version.provenance() == Provenance.SELF_REPORTED);
    return lineage;
  }

  static VersionAnswer of(ModelVersion version, String uri, List<VersionOverride> overrides) {
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
        version.bundleFormat(),
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
        lineage(version),
        overrides,
        version.createdAt());
  }
}
