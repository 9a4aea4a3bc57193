package ai.matih.ml.registry.model.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions.VersionState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The columns of a version at a glance. */
record StateOfVersion(
    String modelId,
    int number,
    Stage stage,
    boolean superseded,
    Instant stageSince,
    String digest,
    String runId,
    @Nullable Instant deletedAt) {

  VersionState state() {
    return new VersionState(
        new ModelId(modelId),
        new VersionNumber(number),
        stage,
        superseded,
        stageSince,
        new Digest(digest),
        new RunId(runId),
        deletedAt != null);
  }
}
