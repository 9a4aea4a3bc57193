package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import java.time.Instant;
import java.util.Optional;

/**
 * A version as lists show it.
 *
 * @param metrics as the JSON that is stored; a list of thousands is not read only to be written
 *     again
 */
public record VersionSummary(
    ModelId model,
    VersionNumber number,
    Stage stage,
    boolean superseded,
    Instant stageSince,
    Optional<String> semanticVersion,
    Optional<String> description,
    Digest digest,
    String metrics,
    Optional<String> evaluatedOn,
    Provenance provenance,
    OnnxStatus onnx,
    Validation validation,
    RunId run,
    String experimentId,
    Optional<String> job,
    String registeredBy,
    Instant createdAt) {}
