package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Retirement;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Task;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions.StageOverview;
import ai.matih.ml.registry.model.Versions.VersionState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** A model with where its versions stand. */
record ModelAnswer(
    ModelId id,
    String name,
    Optional<String> description,
    Task task,
    Optional<String> framework,
    Map<String, String> tags,
    String owner,
    Instant createdAt,
    Instant updatedAt,
    Optional<RetirementAnswer> retirement,
    Places versions) {

  /**
   * Why a model is retired.
   *
   * @param retiredBy who asked for it
   * @param transitionId what retired it, with who approved
   */
  record RetirementAnswer(Instant retiredAt, String retiredBy, String reason, UUID transitionId) {
    static RetirementAnswer of(Retirement retirement) {
      return new RetirementAnswer(
          retirement.at(), retirement.by(), retirement.reason(), retirement.transition());
    }
  }

  /** How many versions of each stage a model tells; its list of versions has all. */
  static final int NEWEST = 100;

  /**
   * The newest versions of each stage, the oldest of them first; {@code GET …/versions?stage=} has
   * all.
   *
   * @param total how many versions there are
   * @param production the one that Production means
   * @param superseded still in Production, draining
   */
  record Places(
      int total,
      List<VersionNumber> development,
      List<VersionNumber> staging,
      Optional<VersionNumber> production,
      List<VersionNumber> superseded,
      List<VersionNumber> archived) {}

  static ModelAnswer of(Model model, StageOverview overview) {
    List<VersionState> places = overview.places();
    return new ModelAnswer(
        model.id(),
        model.name(),
        model.description(),
        model.task(),
        model.framework(),
        model.tags(),
        model.owner(),
        model.createdAt(),
        model.updatedAt(),
        model.retirement().map(RetirementAnswer::of),
        new Places(
            overview.total(),
            in(places, place -> place.stage() == Stage.DEVELOPMENT),
            in(places, place -> place.stage() == Stage.STAGING),
            in(places, place -> place.stage() == Stage.PRODUCTION && !place.superseded()).stream()
                .findFirst(),
            in(places, VersionState::superseded),
            in(places, place -> place.stage() == Stage.ARCHIVED)));
  }

  /** How much of a remembered answer it is. */
  int size() {
    return versions.development().size()
        + versions.staging().size()
        + versions.superseded().size()
        + versions.archived().size();
  }

  private static List<VersionNumber> in(List<VersionState> places, Predicate<VersionState> stage) {
    return places.stream().filter(stage).map(VersionState::number).toList();
  }
}
