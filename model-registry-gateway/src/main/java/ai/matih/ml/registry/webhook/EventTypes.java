package ai.matih.ml.registry.webhook;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which audited action is told outside, and as what. The table is closed: an action that is in
 * neither list fails a test, so that nobody forgets to decide.
 */
public final class EventTypes {

  /** In front of every type; types are forever. */
  static final String PREFIX = "ai.matih.ml.";

  /** Only sent on request. */
  static final String PING = PREFIX + "webhook.ping";

  private static final Map<String, String> PUBLISHED =
      Map.ofEntries(
          Map.entry("model.created", "model.created"),
          Map.entry("model.changed", "model.changed"),
          Map.entry("policy.changed", "policy.changed"),
          Map.entry("version.registered", "version.registered"),
          Map.entry("evidence.recorded", "evidence.recorded"),
          Map.entry("transition.requested", "transition.requested"),
          Map.entry("transition.completed", "transition.completed"),
          Map.entry("transition.rejected", "transition.rejected"),
          Map.entry("transition.cancelled", "transition.cancelled"),
          Map.entry("transition.expired", "transition.expired"),
          Map.entry("transition.failed", "transition.failed"),
          Map.entry("transition.approved", "approval.given"),
          Map.entry("transition.overridden", "override.made"),
          Map.entry("override.confirmed", "override.confirmed"),
          Map.entry("override.unconfirmed", "override.unconfirmed"),
          Map.entry("override.undone", "override.undone"),
          Map.entry("override.stands", "override.stands"),
          Map.entry("rollback.started", "rollback.started"),
          Map.entry("rollback.completed", "rollback.completed"),
          Map.entry("rollback.failed", "rollback.failed"),
          Map.entry("model.deleted", "model.deleted"),
          Map.entry("model.restored", "model.restored"),
          Map.entry("model.retired", "model.retired"),
          Map.entry("model.reactivated", "model.reactivated"),
          Map.entry("version.deleted", "version.deleted"),
          Map.entry("version.restored", "version.restored"),
          Map.entry("version.files_removed", "version.files_removed"),
          Map.entry("mirror.drifted", "mirror.drifted"),
          Map.entry("drift.opened", "drift.opened"),
          Map.entry("drift.closed", "drift.closed"),
          Map.entry("approval.voided", "approval.voided"),
          Map.entry("stage.changed", "stage.changed"));

  /** Actions of which nobody outside is told. Refusals change nothing and are never told. */
  private static final Set<String> NOT_PUBLISHED =
      Set.of(
          // Its outcome is evidence, which is told.
          "validation.requested",
          "tests.requested",
          "evaluation.requested",
          // The tenant's own housekeeping; these files were never a version's.
          "retention.changed",
          "files.removed",
          // About the telling itself.
          "webhook.created",
          "webhook.changed",
          "webhook.deleted",
          "webhook.secret_rotated",
          "webhook.disabled",
          "webhook.replayed");

  private EventTypes() {}

  static Optional<String> of(String action) {
    return Optional.ofNullable(PUBLISHED.get(action)).map(PREFIX::concat);
  }

  static boolean isDecided(String action) {
    return PUBLISHED.containsKey(action) || NOT_PUBLISHED.contains(action);
  }

  /** What can be subscribed to. */
  public static List<String> all() {
    return PUBLISHED.values().stream().map(PREFIX::concat).sorted().toList();
  }
}
