package ai.matih.ml.registry.model.web;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionOverrides.VersionOverride;
import ai.matih.ml.registry.model.VersionSummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version in a list: everything but its documents, which the version itself has.
 *
 * @param overrides gates that somebody overrode for it
 */
record VersionSummaryAnswer(
    ModelId modelId,
    VersionNumber version,
    Stage stage,
    boolean superseded,
    Instant stageSince,
    Optional<String> semanticVersion,
    Optional<String> description,
    Digest digest,
    Map<String, Double> metrics,
    Optional<String> evaluatedOn,
    Provenance provenance,
    OnnxStatus onnx,
    Validation validation,
    RunId runId,
    String experimentId,
    Optional<String> jobId,
    String registeredBy,
    Instant createdAt,
    List<VersionOverride> overrides) {

  static VersionSummaryAnswer of(VersionSummary version, List<VersionOverride> overrides) {
    return new VersionSummaryAnswer(
        version.model(),
        version.number(),
        version.stage(),
        version.superseded(),
        version.stageSince(),
        version.semanticVersion(),
        version.description(),
        version.digest(),
        version.evaluation().metrics(),
        version.evaluation().datasetDigest(),
        version.provenance(),
        version.onnx(),
        version.validation(),
        version.run(),
        version.experimentId(),
        version.job(),
        version.registeredBy(),
        version.createdAt(),
        overrides);
  }
}
