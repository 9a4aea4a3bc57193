package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.deployment.OnAbsent;
import java.util.Map;
import java.util.Optional;

/**
 * What a request asks for beside its tensors. Names that mean nothing here are for others to read.
 *
 * @param values texts, whole numbers, numbers and flags
 */
public record Parameters(Map<String, Object> values) {

  static final Parameters NONE = new Parameters(Map.of());

  private static final int MAX_UNIT_ID = 256;

  public Parameters {
    values = Map.copyOf(values);
  }

  /** Who the request is about: the same target answers for it until the weights move it. */
  Optional<String> unitId() {
    Object value = values.get("unit_id");
    if (value == null) {
      return Optional.empty();
    }
    String id = value instanceof String || value instanceof Long ? value.toString() : "";
    if (id.isEmpty() || id.length() > MAX_UNIT_ID) {
      throw Problem.invalid(
          "parameters.unit_id", "must be a text of 1 to " + MAX_UNIT_ID + " characters");
    }
    return Optional.of(id);
  }

  OnAbsent onAbsent() {
    Object value = values.get("on_absent");
    return value == null
        ? OnAbsent.SERVE
        : OnAbsent.ofWire(value.toString())
            .orElseThrow(() -> Problem.invalid("parameters.on_absent", "must be serve or fail"));
  }

  /** A flag; empty when it is not given. */
  Optional<Boolean> flag(String field, String name) {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Boolean flag) {
      return Optional.of(flag);
    }
    throw Problem.invalid(field + "." + name, "must be true or false");
  }

  /** Memory that only one machine has cannot be read from here. */
  public void refuseSharedMemory(String field) {
    if (values.containsKey("shared_memory_region")) {
      throw Problem.invalid(
          field + ".shared_memory_region", "is not offered; send the values themselves");
    }
  }
}
