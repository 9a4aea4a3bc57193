package ai.matih.ml.common.security;

import static ai.matih.ml.common.security.Permission.*;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The roles and, in one table, what each may do. */
public enum Role {
  VIEWER(
      EXPERIMENTS_READ, DATASETS_READ, TRAINING_READ, MODELS_READ, FEATURES_READ, DEPLOYMENTS_READ),
  DATA_SCIENTIST(
      VIEWER,
      EXPERIMENTS_WRITE,
      DATASETS_WRITE,
      TRAINING_SUBMIT,
      MODELS_WRITE,
      MODELS_PROMOTE,
      FEATURES_WRITE,
      PREDICTIONS_CREATE,
      OUTCOMES_WRITE),
  ML_ENGINEER(DATA_SCIENTIST, DEPLOYMENTS_WRITE, TRAFFIC_WRITE),
  REVIEWER(VIEWER, MODELS_APPROVE, AUDIT_READ),
  OPERATOR(
      VIEWER, DEPLOYMENTS_WRITE, TRAFFIC_WRITE, PROMOTIONS_OVERRIDE, AUDIT_READ, WEBHOOKS_MANAGE),
  ADMIN(ML_ENGINEER, MODELS_APPROVE, PROMOTIONS_OVERRIDE, KEYS_MANAGE, AUDIT_READ, WEBHOOKS_MANAGE),
  /** Applications that only ask for predictions and report outcomes. */
  INFERENCE(PREDICTIONS_CREATE, OUTCOMES_WRITE),
  /** Another service of the suite; never given to a person or a key. */
  SERVICE(ADMIN, INTERNAL_CALL),
  /** Code that runs inside a training job; never given to a person or a key. */
  JOB(OWN_RUN_WRITE);

  @SuppressWarnings("ImmutableEnumChecker") // Unmodifiable; the type cannot say so.
  private final Set<Permission> permissions;

  Role(Permission... permissions) {
    this.permissions = Set.of(permissions);
  }

  Role(Role base, Permission... more) {
    EnumSet<Permission> all = EnumSet.copyOf(base.permissions);
    all.addAll(Arrays.asList(more));
    this.permissions = Set.copyOf(all);
  }

  public Set<Permission> permissions() {
    return permissions;
  }

  public boolean may(Permission permission) {
    return permissions.contains(permission);
  }

  /** Whether an administrator can give it to a key. */
  public boolean isAssignable() {
    return this != SERVICE && this != JOB;
  }

  /** As written in tokens and requests, for example {@code data-scientist}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Role> ofWire(String wire) {
    return Arrays.stream(values()).filter(role -> role.wire().equals(wire)).findFirst();
  }
}
