package ai.matih.ml.api.door;

import java.util.Locale;

/** Who answers for a path. */
enum Destination {
  TRAINING_ORCHESTRATOR("training"),
  MODEL_REGISTRY_GATEWAY("registry"),
  FEATURE_GATEWAY("features"),
  SERVING_ROUTER("serving");

  private final String service;

  Destination(String service) {
    this.service = service;
  }

  /** Its name in {@code matih.services}. */
  String service() {
    return service;
  }

  /** The service's name as operators and problems write it. */
  String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
