package ai.matih.ml.registry.promotion.mlflow;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was last written to MLflow. What differs from it there, and is not what we want either, was
 * changed by somebody else.
 *
 * @param versions by our number
 */
record LastWritten(
    Optional<String> description,
    Map<String, String> aliases,
    Map<Integer, WrittenVersion> versions) {

  static final LastWritten NOTHING = new LastWritten(Optional.empty(), Map.of(), Map.of());

  /**
   * @param number MLflow's own
   */
  record WrittenVersion(String number, String stage) {}

  LastWritten {
    aliases = Map.copyOf(aliases);
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }

  /** Whether the model was ever written; its absence in MLflow is then somebody's act. */
  boolean exists() {
    return description.isPresent();
  }
}
