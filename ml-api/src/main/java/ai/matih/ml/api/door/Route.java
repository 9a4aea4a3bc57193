package ai.matih.ml.api.door;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of the routing table: paths below a prefix belong to one service.
 *
 * @param prefix path segments from the root
 * @param names where the third part decides: the segment after the object's id must be one of
 *     these; empty when the prefix alone decides
 * @param lane which of the caller's limits a request counts against
 */
record Route(List<String> prefix, Set<String> names, Destination destination, Lane lane) {

  /** Predictions have limits of their own, so that a busy notebook never starves them. */
  enum Lane {
    INFERENCE,
    MANAGEMENT
  }

  private static final String API = "/api/v1/ml/";

  /**
   * What the serving router answers below {@code models/{id}}; all else there is the registry's.
   */
  private static final Set<String> OF_A_SERVED_MODEL =
      Set.of(
          "deploy",
          "traffic",
          "rollouts",
          "ab-tests",
          "shadows",
          "serving",
          "drift",
          "performance");

  /** The whole table; the first match wins. */
  private static final List<Route> TABLE =
      List.of(
          to(Destination.SERVING_ROUTER, Lane.INFERENCE, API + "predict/outcomes"),
          to(Destination.PREDICTIONS, Lane.INFERENCE, API + "predict"),
          // The Open Inference Protocol.
          to(Destination.PREDICTIONS, Lane.INFERENCE, "/v2"),
          to(Destination.SERVING_ROUTER, Lane.MANAGEMENT, API + "predictions"),
          to(Destination.SERVING_ROUTER, Lane.MANAGEMENT, API + "deployments"),
          new Route(
              segments(API + "models"),
              OF_A_SERVED_MODEL,
              Destination.SERVING_ROUTER,
              Lane.MANAGEMENT),
          to(Destination.MODEL_REGISTRY_GATEWAY, Lane.MANAGEMENT, API + "models"),
          to(Destination.MODEL_REGISTRY_GATEWAY, Lane.MANAGEMENT, API + "transitions"),
          to(Destination.MODEL_REGISTRY_GATEWAY, Lane.MANAGEMENT, API + "audit/registry"),
          to(Destination.MODEL_REGISTRY_GATEWAY, Lane.MANAGEMENT, API + "webhooks"),
          to(Destination.ONLINE_FEATURES, Lane.INFERENCE, API + "features/serve"),
          to(
              Destination.ONLINE_FEATURES,
              Lane.INFERENCE,
              API + "features/feast/get-online-features"),
          to(Destination.FEATURE_GATEWAY, Lane.INFERENCE, API + "features/feast"),
          to(Destination.FEATURE_GATEWAY, Lane.MANAGEMENT, API + "features"),
          to(Destination.ONLINE_FEATURES, Lane.INFERENCE, "/get-online-features"),
          to(Destination.FEATURE_GATEWAY, Lane.MANAGEMENT, "/write-to-online-store"),
          to(Destination.FEATURE_GATEWAY, Lane.MANAGEMENT, "/push"),
          to(Destination.TRAINING_ORCHESTRATOR, Lane.MANAGEMENT, API + "training"));

  Route {
    prefix = List.copyOf(prefix);
    names = Set.copyOf(names);
  }

  private static Route to(Destination destination, Lane lane, String prefix) {
    return new Route(segments(prefix), Set.of(), destination, lane);
  }

  /** The route of a raw request path; empty when this service answers itself (or nobody does). */
  static Optional<Route> of(String path) {
    List<String> segments = segments(path);
    for (Route route : TABLE) {
      if (route.matches(segments)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  static List<Route> table() {
    return TABLE;
  }

  private boolean matches(List<String> path) {
    if (path.size() < prefix.size() || !path.subList(0, prefix.size()).equals(prefix)) {
      return false;
    }
    if (names.isEmpty()) {
      return true;
    }
    // models/{id}/<name> and models/{id}/versions/{v}/<name>
    int name =
        path.size() > prefix.size() + 3 && path.get(prefix.size() + 1).equals("versions")
            ? prefix.size() + 3
            : prefix.size() + 1;
    return path.size() > name && names.contains(path.get(name));
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(1).split("/", -1));
  }
}
