package ai.matih.ml.registry.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What stays on a version for ever: that somebody overrode a gate for it. */
public interface VersionOverrides {

  /**
   * One override.
   *
   * @param conditions that stood in the way
   * @param status {@code awaiting_confirmation}, {@code confirmed} or {@code unconfirmed}
   */
  record VersionOverride(
      UUID id,
      UUID transitionId,
      Stage targetStage,
      String by,
      String reason,
      List<String> conditions,
      String status,
      Instant at) {

    public VersionOverride {
      conditions = List.copyOf(conditions);
    }
  }

  /** The overrides of a model's versions, each oldest first; versions without one are absent. */
  Map<VersionNumber, List<VersionOverride>> of(ModelId model);
}
