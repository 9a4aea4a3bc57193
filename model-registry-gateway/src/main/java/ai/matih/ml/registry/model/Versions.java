package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /** Names of metrics that a version of the model came with. */
  Set<String> metricNames(ModelId model);

  /** Which versions are in which stage; one query for a page of models, whatever their size. */
  Map<ModelId, StageOverview> overviews(List<ModelId> models, int newest);

  /**
   * Where the versions of a model stand.
   *
   * @param total how many there are
   * @param places the newest of each stage, the oldest of them first
   */
  record StageOverview(int total, List<VersionState> places) {

    public static final StageOverview NONE = new StageOverview(0, List.of());

    public StageOverview {
      places = List.copyOf(places);
    }
  }

  /** Every version there ever was, oldest first, with the little that a comparison needs. */
  List<VersionState> states(ModelId model);

  /** A version at a glance. */
  record VersionState(
      ModelId model,
      VersionNumber number,
      Stage stage,
      boolean superseded,
      Instant stageSince,
      Digest digest,
      RunId run,
      boolean deleted) {

    public String path() {
      return "models/" + model + "/versions/" + number;
    }

    public boolean isCurrentProduction() {
      return stage == Stage.PRODUCTION && !superseded;
    }
  }

  /** Newest first, below a number, without the documents of each. */
  List<VersionSummary> summaries(
      ModelId model, Optional<VersionNumber> below, Optional<Stage> stage, int limit);

  /** When a version was deleted; empty for one that lives or never was. */
  Optional<Instant> deletedAt(ModelId model, VersionNumber number);

  /** Takes a version out of every other answer of this port; the caller holds the model's lock. */
  void delete(ModelId model, VersionNumber number, Instant at);

  /**
   * Brings a deleted version back; the caller holds the model's lock.
   *
   * @return false when the same run was registered again meanwhile
   */
  boolean restore(ModelId model, VersionNumber number);

  /** Every version with these files, of any model, deleted ones too. */
  List<VersionState> owners(Digest digest);

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
  void finishValidation(ModelId model, VersionNumber number, OnnxStatus onnx, Instant requestedAt);
}
