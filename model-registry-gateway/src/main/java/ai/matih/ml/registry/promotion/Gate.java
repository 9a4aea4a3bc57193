package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.promotion.AskRouter.Answers;
import ai.matih.ml.registry.promotion.ChangeStage.Cause;
import java.time.Instant;
import java.util.ArrayList;
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

  private final GatherFacts facts;
  private final ChangeStage versions;
  private final Transitions transitions;
  private final ProductionListener production;
  private final RecordRetirement retirement;
  private final StageEvents events;
  private final Audit audit;

  public Gate(
      GatherFacts facts,
      ChangeStage versions,
      Transitions transitions,
      ProductionListener production,
      RecordRetirement retirement,
      StageEvents events,
      Audit audit) {
    this.facts = facts;
    this.versions = versions;
    this.transitions = transitions;
    this.production = production;
    this.retirement = retirement;
    this.events = events;
    this.audit = audit;
  }

  public Instant now() {
    return facts.now();
  }

  public Facts facts(Transition transition, Answers answers) {
    return facts.of(transition, answers);
  }

  Decision decide(Transition transition, Facts facts) {
    return Decision.of(move(transition), facts, transition.conditions());
  }

  public static Move move(Transition transition) {
    return transition.retiresModel()
        ? Moves.retirement(transition.from())
        : Moves.find(transition.from(), transition.to()).orElseThrow();
  }

  /** Stores a new transition. */
  void open(Transition transition) {
    transitions.add(transition);
    audit.record(
        "transition.requested",
        transition.path(),
        Map.of(
            "version", transition.version(),
            "from", transition.from(),
            "to", transition.to(),
            "requester", transition.requester().principal(),
            "policy", transition.policyRevision()));
    events.wake();
  }

  /** Checks an open transition and takes its next step: end, complete, or go on waiting. */
  public Transition settle(Transition open, Answers answers) {
    Facts now = facts.of(open, answers);
    if (now.version().stage() != open.from()) {
      return end(
          open,
          TransitionState.FAILED,
          PLATFORM,
          "The version is in %s now.".formatted(now.version().stage().title()));
    }
    if (!now.now().isBefore(open.expiresAt())) {
      return end(open, TransitionState.EXPIRED, PLATFORM, "It waited until it expired.");
    }
    Transition transition = voidOutdated(open, now);
    Decision decision = decide(transition, now);
    transition = transition.with(decision.conditions());
    if (decision.refusal().isPresent()) {
      return end(transition, TransitionState.FAILED, PLATFORM, decision.refusal().get().message());
    }
    if (decision.completes()) {
      return complete(transition, now, PLATFORM, "Every condition is met.", Optional.empty());
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
    return complete(open, facts, by, why, Optional.of(override));
  }

  private Transition complete(
      Transition open, Facts facts, String by, String why, Optional<UUID> override) {
    Transition completed = end(open, TransitionState.COMPLETED, by, why);
    Cause cause = new Cause(completed, facts, override);
    if (open.retiresModel()) {
      retire(facts, cause);
    } else if (open.from() == Stage.STAGING && open.to() == Stage.PRODUCTION) {
      production.changes(facts.version());
      facts.production().ifPresent(before -> place(before, Stage.PRODUCTION, true, cause));
      place(facts.version(), Stage.PRODUCTION, false, cause);
      endOthers(
          completed,
          other -> other.to() == Stage.PRODUCTION || other.retiresModel(),
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

  /** All versions in one transaction, so that none of a retired model is ever live. */
  private void retire(Facts facts, Cause cause) {
    List<ModelVersion> live = retirement.live(facts.model().id());
    live.forEach(version -> place(version, Stage.ARCHIVED, false, cause));
    retirement.retired(facts.model(), cause.transition(), live.size(), facts.now());
    endOthers(cause.transition(), _ -> true, "The model was retired.");
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

  private void place(ModelVersion version, Stage stage, boolean superseded, Cause cause) {
    versions.place(version, stage, superseded, now(), cause);
  }
}
