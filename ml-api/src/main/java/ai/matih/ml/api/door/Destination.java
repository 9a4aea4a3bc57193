package ai.matih.ml.api.door;

import java.util.List;
import java.util.Locale;

/** Who answers for a path. */
enum Destination {
  TRAINING_ORCHESTRATOR("training"),
  MODEL_REGISTRY_GATEWAY("registry"),
  FEATURE_GATEWAY("features"),
  SERVING_ROUTER("serving"),
  /** The router's other listener, which only answers predictions. */
  PREDICTIONS("predictions"),
  /** The feature gateway's other listener, which only answers online values. */
  ONLINE_FEATURES("online-features");

  /** The services; each has one address for its API, its description and its health. */
  static final List<Destination> SERVICES =
      List.of(TRAINING_ORCHESTRATOR, MODEL_REGISTRY_GATEWAY, FEATURE_GATEWAY, SERVING_ROUTER);

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
    return switch (this) {
      case PREDICTIONS -> SERVING_ROUTER.wire();
      case ONLINE_FEATURES -> FEATURE_GATEWAY.wire();
      default -> name().toLowerCase(Locale.ROOT).replace('_', '-');
    };
  }
}
