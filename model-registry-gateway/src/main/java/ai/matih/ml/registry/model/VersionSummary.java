package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import java.time.Instant;
import java.util.Optional;

/** A version as lists show it: without its documents. */
public record VersionSummary(
    ModelId model,
    VersionNumber number,
    Stage stage,
    boolean superseded,
    Instant stageSince,
    Optional<String> semanticVersion,
    Optional<String> description,
    Digest digest,
    Evaluation evaluation,
    Provenance provenance,
    OnnxStatus onnx,
    Validation validation,
    RunId run,
    String experimentId,
    Optional<String> job,
    String registeredBy,
    Instant createdAt) {}
