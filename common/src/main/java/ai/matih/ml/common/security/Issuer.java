package ai.matih.ml.common.security;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The services that sign tokens, and the roles that each may put into one. A service that is taken
 * over can speak as itself, never as a person.
 */
enum Issuer {
  ML_API,
  TRAINING_ORCHESTRATOR,
  MODEL_REGISTRY_GATEWAY,
  FEATURE_GATEWAY,
  SERVING_ROUTER;

  String wire() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  static Optional<Issuer> ofWire(String wire) {
    return Arrays.stream(values()).filter(issuer -> issuer.wire().equals(wire)).findFirst();
  }

  boolean maySay(Set<Role> roles) {
    return switch (this) {
      case ML_API -> !roles.contains(Role.JOB);
      case TRAINING_ORCHESTRATOR ->
          roles.equals(Set.of(Role.SERVICE)) || roles.equals(Set.of(Role.JOB));
      case MODEL_REGISTRY_GATEWAY, FEATURE_GATEWAY, SERVING_ROUTER ->
          roles.equals(Set.of(Role.SERVICE));
    };
  }
}
