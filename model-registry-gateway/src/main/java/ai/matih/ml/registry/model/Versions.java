package ai.matih.ml.registry.model;

import ai.matih.ml.registry.artifact.Digest;
import ai.matih.ml.registry.artifact.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The current tenant's versions. */
public interface Versions {

  Optional<ModelVersion> find(ModelId model, VersionNumber number);

  /** By the id of its row, as claims of background work have it. */
  Optional<ModelVersion> find(UUID id);

  Optional<ModelVersion> find(ModelId model, RunId run, Digest digest);

  /** Newest first, below a number, up to {@code limit}. */
  List<ModelVersion> list(
      ModelId model, Optional<VersionNumber> below, Optional<Stage> stage, int limit);

  /** The one that Production means. */
  Optional<ModelVersion> currentProduction(ModelId model);

  /** The one that was Production before and still drains, the latest if there are several. */
  Optional<ModelVersion> supersededProduction(ModelId model);

  /** Which versions are in which stage; one query for a page of models. */
  Map<ModelId, List<Place>> places(List<ModelId> models);

  /** Where one version stands. */
  record Place(VersionNumber number, Stage stage, boolean superseded) {}

  /** The number after the highest; the caller holds the model's lock. */
  VersionNumber nextNumber(ModelId model);

  void add(ModelVersion version);

  /** Moves a version; the caller holds the model's lock. */
  void place(ModelId model, VersionNumber number, Stage stage, boolean superseded, Instant since);

  /** Asks for the platform's checks again. */
  void requestValidation(ModelId model, VersionNumber number, Instant at);

  /**
   * Notes the end of the checks.
   *
   * @param requestedAt the request that they answer; a later request stays open
   */
  void finishValidation(
      ModelId model, VersionNumber number, OnnxStanding onnx, Instant requestedAt);
}
