package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.bundle.BundleFormat;
import ai.matih.ml.registry.artifact.RunId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One registered model file set. Immutable but for its stage and what the platform found out.
 *
 * @param superseded in Production, but another version has taken over and this one drains
 * @param signature as the training code wrote it
 * @param evaluation measured by the platform, or self-reported: see {@code provenance}
 * @param provenanceReason why the metrics are or are not vouched for
 * @param lineage what reproduces it: code, data, features, seed
 * @param trainedBy who submitted the training job, when one trained it
 * @param validationRequestedAt platform checks older than this are to be made again
 */
public record ModelVersion(
    ModelId model,
    VersionNumber number,
    Stage stage,
    boolean superseded,
    Instant stageSince,
    Optional<String> semanticVersion,
    Optional<String> description,
    BundleFiles bundle,
    Map<String, Object> signature,
    Evaluation evaluation,
    Provenance provenance,
    String provenanceReason,
    Map<String, Object> lineage,
    RunId run,
    String experimentId,
    Optional<String> job,
    Optional<String> trainedBy,
    String registeredBy,
    Instant createdAt,
    OnnxStatus onnx,
    Validation validation,
    Instant validationRequestedAt) {

  public ModelVersion {
    signature = Map.copyOf(signature);
    lineage = Map.copyOf(lineage);
  }

  /** The number of the format in which its files are written. */
  public int bundleFormat() {
    return BundleFormat.of(signature);
  }

  /** Whether it is the one that Production means. */
  public boolean isCurrentProduction() {
    return stage == Stage.PRODUCTION && !superseded;
  }

  /** For audit rows and events, for example {@code models/churn/versions/3}. */
  public String path() {
    return "models/" + model + "/versions/" + number;
  }
}
