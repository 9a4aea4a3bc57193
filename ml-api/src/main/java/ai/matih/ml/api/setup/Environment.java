package ai.matih.ml.api.setup;

import java.util.Map;
import java.util.Optional;

/** Environment variables; a missing one is named. */
record Environment(Map<String, String> variables) {

  Environment {
    variables = Map.copyOf(variables);
  }

  String get(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("Variable " + name + " is not set"));
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  @Override
  public String toString() {
    return "Environment" + variables.keySet();
  }
}
