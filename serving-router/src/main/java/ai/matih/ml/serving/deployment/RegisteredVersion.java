package ai.matih.ml.serving.deployment;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.VersionForms;
import java.util.Optional;

/**
 * A version as the registry describes it, as far as serving cares.
 *
 * @param signature empty where the registry has none that can be read
 */
public record RegisteredVersion(
    ModelId model,
    long version,
    Stage stage,
    Artifact artifact,
    VersionForms forms,
    Optional<Signature> signature) {}
