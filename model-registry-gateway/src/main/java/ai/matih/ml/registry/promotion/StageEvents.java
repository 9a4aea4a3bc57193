package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;

/** Tells others of a change once the current transaction has committed. */
public interface StageEvents {

  /** Wakes those who advance transitions, overrides and roll-backs. */
  String TOPIC = "transitions";

  /** For the router: a version is in another stage, or superseded, or restored. */
  void stageChanged(ModelId model, VersionNumber version, Stage stage);

  /** For the mirror in MLflow: something about the model's versions changed. */
  void mirror(ModelId model);

  /** For the reconciler: a transition of somebody wants to be looked at. */
  void wake();
}
