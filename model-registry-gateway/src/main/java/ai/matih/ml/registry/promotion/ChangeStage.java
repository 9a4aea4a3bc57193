package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Puts a version into a stage; nothing else in the service changes one. */
public final class ChangeStage {

  private final Versions versions;
  private final StageHistory history;
  private final StageEvents events;
  private final Audit audit;

  public ChangeStage(Versions versions, StageHistory history, StageEvents events, Audit audit) {
    this.versions = versions;
    this.history = history;
    this.events = events;
    this.audit = audit;
  }

  /**
   * What moved a version: a completed transition, on these facts.
   *
   * @param override that it rested on, instead of conditions that were met
   */
  record Cause(Transition transition, Facts facts, Optional<UUID> override) {

    /** An override is the act of whoever made it; else the platform acts for the requester. */
    String actor() {
      return override.isPresent()
          ? transition.ended().orElseThrow().by()
          : transition.requester().principal();
    }

    String reason() {
      return override.isPresent()
          ? transition.ended().orElseThrow().reason()
          : transition.reason().orElse("");
    }

    /** The reports that the conditions rested on. */
    private List<UUID> evidence() {
      return transition.conditions().stream()
          .flatMap(condition -> condition.evidence().stream())
          .distinct()
          .toList();
    }

    private List<UUID> approvals() {
      return Gate.move(transition).needsApproval()
          ? ApprovedByOthers.counting(facts).stream().map(Approval::id).toList()
          : List.of();
    }
  }

  void place(ModelVersion version, Stage stage, boolean superseded, Instant at, Cause cause) {
    versions.place(version.model(), version.number(), stage, superseded, at);
    history.begin(
        new StagePeriod(
            version.model(),
            version.number(),
            stage,
            superseded,
            at,
            Optional.empty(),
            Optional.of(cause.transition().id()),
            cause.actor(),
            Optional.of(cause.reason()).filter(reason -> !reason.isEmpty())));
    events.stageChanged(version.model(), version.number(), stage);
    Map<String, Object> details = new HashMap<>();
    details.put("from", version.stage());
    details.put("to", stage);
    details.put("superseded", superseded);
    details.put("transition", cause.transition().id());
    details.put("artifact", version.bundle().digest());
    details.put("evidence", cause.evidence());
    details.put("approvals", cause.approvals());
    cause.override().ifPresent(id -> details.put("override", id));
    audit.record("stage.changed", version.path(), details);
  }
}
