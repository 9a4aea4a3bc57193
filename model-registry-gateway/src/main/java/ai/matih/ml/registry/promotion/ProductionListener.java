package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.VersionNumber;

/** Called within the transaction in which the version that Production means changes. */
public interface ProductionListener {

  /** Another version is about to become Production. */
  void changes(ModelVersion next);

  /**
   * A version has gone back to Staging and the one before it has taken over again.
   *
   * @param by whose act it was
   */
  void rolledBack(Transition completed, VersionNumber restored, String by, String reason);
}
