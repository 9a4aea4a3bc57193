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

  /** Ends the version's period and begins this one at the same instant. */
  void begin(StagePeriod period);

  /** The periods that covered an instant, by version. */
  List<StagePeriod> at(ModelId model, Instant at);

  /** All periods of one version, oldest first. */
  List<StagePeriod> of(ModelId model, VersionNumber version);

  /** The first time that any version of a model was in a stage. */
  Optional<StagePeriod> firstIn(ModelId model, Stage stage);

  /** The periods that one transition began, of whichever version. */
  List<StagePeriod> begunBy(ModelId model, UUID transition);
}
