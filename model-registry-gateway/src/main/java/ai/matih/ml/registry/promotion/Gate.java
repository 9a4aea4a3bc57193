package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.Outside.Answers;
import ai.matih.ml.registry.promotion.StageHistory.Spell;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges a transition and, when nothing stands in its way, makes the move. Every method works in
 * the caller's transaction, which holds the model's lock; nothing else in the service changes a
 * stage.
 */
final class Gate {

  static final String PLATFORM = "platform";

  private final FindModel find;
  private final Models models;
  private final Versions versions;
  private final EvidenceLog evidence;
  private final Transitions transitions;
  private final StageHistory history;
  private final StageEvents events;
  private final Audit audit;
  private final Clock clock;

  Gate(
      FindModel find,
      Models models,
      Versions versions,
      EvidenceLog evidence,
      Transitions transitions,
      StageHistory history,
      StageEvents events,
      Audit audit,
      Clock clock) {
    this.find = find;
    this.models = models;
    this.versions = versions;
    this.evidence = evidence;
    this.transitions = transitions;
    this.history = history;
    this.events = events;
    this.audit = audit;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  Facts facts(Transition transition, Answers answers) {
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
        now());
  }

  Decision decide(Transition transition, Facts facts) {
    return Decision.of(move(transition), facts, transition.conditions());
  }

  static Move move(Transition transition) {
    return Moves.find(transition.from(), transition.to()).orElseThrow();
  }

  /** Looks at an open transition and takes its next step: end, complete, or go on waiting. */
  Transition settle(Transition open, Answers answers) {
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
      return complete(transition, facts);
    }
    transitions.save(transition);
    return transition;
  }

  /** Marks the approvals that were given on something else than what is there now. */
  private Transition voidOutdated(Transition transition, Facts facts) {
    ApprovalBasis basis = facts.basis();
    List<Approval> now = new ArrayList<>();
    for (Approval approval : transition.approvals()) {
      Optional<String> change =
          approval.voided().isPresent() ? Optional.empty() : approval.basis().changeTo(basis);
      if (change.isPresent()) {
        Approval voided = approval.voidedAt(facts.now(), change.get());
        transitions.voidApproval(voided);
        audit.record(
            "approval.voided",
            transition.path(),
            Map.of("approver", approval.approver(), "reason", change.get()));
        now.add(voided);
      } else {
        now.add(approval);
      }
    }
    return transition.withApprovals(now);
  }

  Transition end(Transition open, TransitionState how, String by, String why) {
    Transition ended = open.end(how, now(), by, why);
    transitions.save(ended);
    audit.record(
        "transition." + how.name().toLowerCase(java.util.Locale.ROOT),
        ended.path(),
        Map.of("version", ended.version(), "target", ended.to(), "reason", why));
    return ended;
  }

  private Transition complete(Transition open, Facts facts) {
    Transition completed =
        end(open, TransitionState.COMPLETED, PLATFORM, "Every condition is met.");
    if (open.from() == Stage.STAGING && open.to() == Stage.PRODUCTION) {
      facts.production().ifPresent(before -> place(before, Stage.PRODUCTION, true, completed));
      place(facts.version(), Stage.PRODUCTION, false, completed);
      endOthers(
          completed,
          other -> other.to() == Stage.PRODUCTION,
          "Version %s became Production meanwhile; compare with that one and ask again."
              .formatted(completed.version()));
    } else if (open.from() == Stage.PRODUCTION && open.to() == Stage.STAGING) {
      place(facts.version(), Stage.STAGING, false, completed);
      place(facts.superseded().orElseThrow(), Stage.PRODUCTION, false, completed);
      endOthers(
          completed,
          other -> other.to() == Stage.PRODUCTION,
          "Version %s was restored to Production meanwhile; compare with that one and ask again."
              .formatted(facts.superseded().orElseThrow().number()));
    } else {
      place(facts.version(), open.to(), false, completed);
    }
    endOthers(
        completed,
        other -> other.version().equals(completed.version()),
        "The version is in %s now.".formatted(completed.to().title()));
    events.mirror(completed.model());
    return completed;
  }

  private void endOthers(
      Transition completed, java.util.function.Predicate<Transition> which, String why) {
    transitions.open(completed.model()).stream()
        .filter(other -> !other.id().equals(completed.id()))
        .filter(which)
        .forEach(other -> end(other, TransitionState.FAILED, PLATFORM, why));
  }

  private void place(ModelVersion version, Stage stage, boolean superseded, Transition cause) {
    Instant at = now();
    versions.place(version.model(), version.number(), stage, superseded, at);
    history.begin(
        new Spell(
            version.model(),
            version.number(),
            stage,
            superseded,
            at,
            Optional.empty(),
            Optional.of(cause.id()),
            cause.requester().principal(),
            cause.reason()));
    events.stageChanged(version.model(), version.number(), stage);
    audit.record(
        "stage.changed",
        version.path(),
        Map.of(
            "from", version.stage(),
            "to", stage,
            "superseded", superseded,
            "transition", cause.id(),
            "artifact", version.bundle().digest()));
  }
}
