package ai.matih.ml.registry.model.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.Evaluation;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionSummary;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The columns of a version without its documents. */
record SummaryOfVersion(
    int number,
    Stage stage,
    boolean superseded,
    Instant stageSince,
    @Nullable String semanticVersion,
    @Nullable String description,
    String digest,
    String evaluation,
    Provenance provenance,
    OnnxStatus onnx,
    Validation validation,
    String runId,
    String experimentId,
    @Nullable String jobId,
    String registeredBy,
    Instant createdAt) {

  VersionSummary summary(ModelId model) {
    return new VersionSummary(
        model,
        new VersionNumber(number),
        stage,
        superseded,
        stageSince,
        Optional.ofNullable(semanticVersion),
        Optional.ofNullable(description),
        new Digest(digest),
        Json.read(evaluation, Evaluation.class),
        provenance,
        onnx,
        validation,
        new RunId(runId),
        experimentId,
        Optional.ofNullable(jobId),
        registeredBy,
        createdAt);
  }
}
