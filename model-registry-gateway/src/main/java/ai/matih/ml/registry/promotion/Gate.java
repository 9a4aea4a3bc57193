package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.AskRouter.Answers;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Judges a transition and, when nothing stands in its way, makes the move. Every method works in
 * the caller's transaction, which holds the model's lock; nothing else in the service changes a
 * stage.
 */
public final class Gate {

  public static final String PLATFORM = "platform";

  private final FindModel find;
  private final Models models;
  private final Versions versions;
  private final EvidenceLog evidence;
  private final Transitions transitions;
  private final StageHistory history;
  private final ProductionListener production;
  private final StageEvents events;
  private final Audit audit;
  private final Clock clock;

  public Gate(
      FindModel find,
      Models models,
      Versions versions,
      EvidenceLog evidence,
      Transitions transitions,
      StageHistory history,
      ProductionListener production,
      StageEvents events,
      Audit audit,
      Clock clock) {
    this.find = find;
    this.models = models;
    this.versions = versions;
    this.evidence = evidence;
    this.transitions = transitions;
    this.history = history;
    this.production = production;
    this.events = events;
    this.audit = audit;
    this.clock = clock;
  }

  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  public Facts facts(Transition transition, Answers answers) {
    ModelId model = transition.model();
    Optional<ModelVersion> production = versions.currentProduction(model);
    return new Facts(
        find.model(model),
        find.version(model, transition.version().value()),
        models.policy(model, transition.policyRevision()),
        evidence.of(model, transition.version()),
        production.map(today -> evidence.of(model, today.number())).orElse(List.of()),
        production,
        versions.supersededProduction(model),
        transition.requester(),
        transition.reason(),
        transition.approvals(),
        answers.serving(),
        answers.abTests(),
        answers.previous(),
        now());
  }

  Decision decide(Transition transition, Facts facts) {
    return Decision.of(move(transition), facts, transition.conditions());
  }

  public static Move move(Transition transition) {
    return Moves.find(transition.from(), transition.to()).orElseThrow();
  }

  /** Looks at an open transition and takes its next step: end, complete, or go on waiting. */
  public Transition settle(Transition open, Answers answers) {
    Facts facts = facts(open, answers);
    if (facts.version().stage() != open.from()) {
      return end(
          open,
          TransitionState.FAILED,
          PLATFORM,
          "The version is in %s now.".formatted(facts.version().stage().title()));
    }
    if (!facts.now().isBefore(open.expiresAt())) {
      return end(open, TransitionState.EXPIRED, PLATFORM, "It waited until it expired.");
    }
    Transition transition = voidOutdated(open, facts);
    Decision decision = decide(transition, facts);
    transition = transition.with(decision.conditions());
    if (decision.refusal().isPresent()) {
      return end(transition, TransitionState.FAILED, PLATFORM, decision.refusal().get().message());
    }
    if (decision.completes()) {
      return complete(
          transition, facts, new Act(PLATFORM, "Every condition is met.", Optional.empty()));
    }
    transitions.save(transition);
    return transition;
  }

  /** Marks the approvals that were given on something else than what is there now, or long ago. */
  private Transition voidOutdated(Transition transition, Facts facts) {
    if (transition.approvals().isEmpty()) {
      return transition;
    }
    ApprovalBasis basis = facts.basis();
    List<Approval> now = new ArrayList<>();
    for (Approval approval : transition.approvals()) {
      Optional<String> change =
          approval.voided().isPresent() ? Optional.empty() : facts.lapse(approval, basis);
      if (change.isPresent()) {
        Approval voided = approval.voidedAt(facts.now(), change.get());
        transitions.voidApproval(voided);
        audit.record(
            "approval.voided",
            transition.path(),
            Map.of(
                "approver", approval.approver(),
                "approval", approval.id(),
                "reason", change.get()));
        now.add(voided);
      } else {
        now.add(approval);
      }
    }
    return transition.withApprovals(now);
  }

  public Transition end(Transition open, TransitionState how, String by, String why) {
    Transition ended = open.end(how, now(), by, why);
    transitions.save(ended);
    audit.record(
        "transition." + how.name().toLowerCase(java.util.Locale.ROOT),
        ended.path(),
        Map.of("version", ended.version(), "target", ended.to(), "reason", why));
    return ended;
  }

  /** Makes the move of an open transition, although conditions are not met. */
  public Transition complete(Transition open, Facts facts, String by, String why, UUID override) {
    return complete(open, facts, new Act(by, why, Optional.of(override)));
  }

  /** Whose act a move is and why; the platform acts for the requester. */
  private record Act(String by, String why, Optional<UUID> override) {}

  private Transition complete(Transition open, Facts facts, Act act) {
    Transition completed = end(open, TransitionState.COMPLETED, act.by(), act.why());
    Cause cause = new Cause(completed, facts, act);
    if (open.from() == Stage.STAGING && open.to() == Stage.PRODUCTION) {
      production.changes(facts.version());
      facts.production().ifPresent(before -> place(before, Stage.PRODUCTION, true, cause));
      place(facts.version(), Stage.PRODUCTION, false, cause);
      endOthers(
          completed,
          other -> other.to() == Stage.PRODUCTION,
          "Version %s became Production meanwhile; compare with that one and ask again."
              .formatted(completed.version()));
    } else if (open.from() == Stage.PRODUCTION && open.to() == Stage.STAGING) {
      rollBack(facts.superseded().orElseThrow(), facts, cause);
    } else {
      place(facts.version(), open.to(), false, cause);
    }
    endOthers(
        completed,
        other -> other.version().equals(completed.version()),
        "The version is in %s now.".formatted(completed.to().title()));
    events.mirror(completed.model());
    return completed;
  }

  private void rollBack(ModelVersion previous, Facts facts, Cause cause) {
    Transition completed = cause.transition();
    production.changes(previous);
    place(facts.version(), Stage.STAGING, false, cause);
    place(previous, Stage.PRODUCTION, false, cause);
    endOthers(
        completed,
        other -> other.to() == Stage.PRODUCTION || other.version().equals(previous.number()),
        "Version %s was restored to Production meanwhile; compare with that one and ask again."
            .formatted(previous.number()));
    production.rolledBack(completed, previous.number(), cause.actor(), cause.reason());
  }

  private void endOthers(Transition completed, Predicate<Transition> which, String why) {
    transitions.open(completed.model()).stream()
        .filter(other -> !other.id().equals(completed.id()))
        .filter(which)
        .forEach(other -> end(other, TransitionState.FAILED, PLATFORM, why));
  }

  /** What moved a version: a completed transition, on these facts, by this act. */
  private record Cause(Transition transition, Facts facts, Act act) {

    String actor() {
      return act.override().isPresent() ? act.by() : transition.requester().principal();
    }

    String reason() {
      return act.override().isPresent() ? act.why() : transition.reason().orElse("");
    }

    /** The reports that the conditions rested on. */
    List<UUID> evidence() {
      return transition.conditions().stream()
          .flatMap(condition -> condition.evidence().stream())
          .distinct()
          .toList();
    }

    List<UUID> approvals() {
      return Gate.move(transition).needsApproval()
          ? ApprovedByOthers.counting(facts).stream().map(Approval::id).toList()
          : List.of();
    }
  }

  private void place(ModelVersion version, Stage stage, boolean superseded, Cause cause) {
    Instant at = now();
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
    cause.act().override().ifPresent(id -> details.put("override", id));
    audit.record("stage.changed", version.path(), details);
  }
}
