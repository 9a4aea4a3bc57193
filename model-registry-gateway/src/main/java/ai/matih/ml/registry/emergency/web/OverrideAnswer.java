package ai.matih.ml.registry.emergency.web;

import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.emergency.OverrideRecord.Settled;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * An override as callers see it.
 *
 * @param conditions that stood in the way, as they were
 * @param confirmBy until when a second person has to confirm it
 * @param undo what became of the move when nobody did
 */
record OverrideAnswer(
    UUID id,
    ModelId modelId,
    VersionNumber version,
    UUID transitionId,
    Stage fromStage,
    Stage targetStage,
    OverrideRecord.State status,
    String requestedBy,
    String by,
    String reason,
    Instant at,
    Instant confirmBy,
    Optional<Instant> settledAt,
    Optional<String> settledBy,
    Optional<String> comment,
    OverrideRecord.Undo undo,
    List<Condition> conditions) {

  static OverrideAnswer of(OverrideRecord override) {
    return new OverrideAnswer(
        override.id(),
        override.model(),
        override.version(),
        override.transition(),
        override.from(),
        override.to(),
        override.state(),
        override.requester().principal(),
        override.by(),
        override.reason(),
        override.at(),
        override.confirmBy(),
        override.settled().map(Settled::at),
        override.settled().map(Settled::by),
        override.settled().flatMap(Settled::comment),
        override.undo(),
        override.skipped());
  }
}
