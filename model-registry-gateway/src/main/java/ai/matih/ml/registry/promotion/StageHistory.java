package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Which version was in which stage from when to when; one row per change, for ever. */
public interface StageHistory {

  /**
   * One version's stay in one stage.
   *
   * @param superseded in Production, but no longer the one that Production means
   */
  record Spell(
      ModelId model,
      VersionNumber version,
      Stage stage,
      boolean superseded,
      Instant from,
      Optional<Instant> until,
      Optional<UUID> transition,
      String actor,
      Optional<String> reason) {

    /** Whether it was so at an instant. */
    public boolean covers(Instant at) {
      return !from.isAfter(at) && (until.isEmpty() || until.get().isAfter(at));
    }
  }

  /** Ends the version's spell and begins this one at the same instant. */
  void begin(Spell spell);

  /** The spells that covered an instant, by version. */
  List<Spell> at(ModelId model, Instant at);

  /** All spells of one version, oldest first. */
  List<Spell> of(ModelId model, VersionNumber version);

  /** The first time that any version of a model was in a stage. */
  Optional<Spell> firstIn(ModelId model, Stage stage);

  /** The spells that one transition began, of whichever version. */
  List<Spell> begunBy(ModelId model, UUID transition);
}
