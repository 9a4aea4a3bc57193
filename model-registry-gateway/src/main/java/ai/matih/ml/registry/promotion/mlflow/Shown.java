package ai.matih.ml.registry.promotion.mlflow;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was last put into MLflow. What differs from it there, and is not what we want either, was
 * changed by somebody else.
 *
 * @param versions by our number
 */
record Shown(
    Optional<String> description,
    Map<String, String> aliases,
    Map<Integer, ShownVersion> versions) {

  static final Shown NOTHING = new Shown(Optional.empty(), Map.of(), Map.of());

  /**
   * @param number MLflow's own
   */
  record ShownVersion(String number, String stage) {}

  Shown {
    aliases = Map.copyOf(aliases);
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }

  /** Whether the model was ever shown; its absence in MLflow is then somebody's act. */
  boolean anything() {
    return description.isPresent();
  }
}
