package ai.matih.ml.api.door;

import java.util.Locale;

/** Who answers for a path. */
enum Destination {
  TRAINING_ORCHESTRATOR,
  MODEL_REGISTRY_GATEWAY,
  FEATURE_GATEWAY,
  SERVING_ROUTER;

  /** The service's name as operators and problems write it. */
  String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
