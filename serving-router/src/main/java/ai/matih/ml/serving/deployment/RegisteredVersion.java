package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.VersionForms;

/** A version as the registry describes it, as far as serving cares. */
public record RegisteredVersion(
    ModelId model, long version, Stage stage, Artifact artifact, VersionForms forms) {}
