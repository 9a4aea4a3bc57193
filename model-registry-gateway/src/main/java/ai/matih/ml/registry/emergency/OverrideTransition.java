package ai.matih.ml.registry.emergency;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.emergency.OverrideRecord.State;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.promotion.AskRouter;
import ai.matih.ml.registry.promotion.AskRouter.Answers;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Facts;
import ai.matih.ml.registry.promotion.FindTransition;
import ai.matih.ml.registry.promotion.Gate;
import ai.matih.ml.registry.promotion.Guard;
import ai.matih.ml.registry.promotion.PromotionSettings;
import ai.matih.ml.registry.promotion.ReviewTransition;
import ai.matih.ml.registry.promotion.Reviewer;
import ai.matih.ml.registry.promotion.Transition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Breaks the glass: moves a version although conditions are not met, at once and in plain sight. A
 * second person has to confirm it in time.
 */
public final class OverrideTransition {

  private final FindTransition find;
  private final Overrides overrides;
  private final Gate gate;
  private final AskRouter askRouter;
  private final PromotionSettings settings;
  private final ModelTransactions transactions;

  public OverrideTransition(
      FindTransition find,
      Overrides overrides,
      Gate gate,
      AskRouter askRouter,
      PromotionSettings settings,
      ModelTransactions transactions) {
    this.find = find;
    this.overrides = overrides;
    this.gate = gate;
    this.askRouter = askRouter;
    this.settings = settings;
    this.transactions = transactions;
  }

  /** Makes an open transition's move; when nothing stands in its way, no override is noted. */
  public Transition override(ModelId model, UUID id, String who, String reason) {
    Transition seen = transactions.call(() -> find.transition(model, id));
    Answers answers = askRouter.ask(seen);
    return transactions.audited(
        model,
        "override.refused",
        seen.path(),
        Map.of(),
        () -> override(find.transition(model, id), who, reason, answers));
  }

  private Transition override(Transition transition, String who, String reason, Answers answers) {
    if (overrides.ofTransition(transition.id()).filter(made -> made.by().equals(who)).isPresent()) {
      return transition;
    }
    ReviewTransition.requireOpen(transition);
    if (transition.retiresModel()) {
      throw new Problem(
          RegistryError.NOT_OVERRIDABLE,
          "Retiring a model is no emergency: a second person approves, and nothing may be deployed.");
    }
    if (!who.startsWith("user:")) {
      throw new Problem(RegistryError.FOUR_EYES, who + " is no person; a person has to override.");
    }
    Transition settled = gate.settle(transition, answers);
    if (settled.state().isOver()) {
      return settled;
    }
    Facts facts = gate.facts(settled, answers);
    List<Condition> skipped =
        settled.conditions().stream().filter(condition -> !condition.opens()).toList();
    Gate.move(settled).guards().stream()
        .filter(guard -> skipped.stream().anyMatch(one -> one.type().equals(guard.type())))
        .forEach(guard -> requireOverridable(guard, facts));
    OverrideRecord override =
        new OverrideRecord(
            UUID.randomUUID(),
            settled.model(),
            settled.version(),
            settled.id(),
            settled.from(),
            settled.to(),
            settled.requester(),
            who,
            reason,
            skipped,
            facts.now(),
            facts.now().plus(settings.confirmWithin()),
            State.AWAITING_CONFIRMATION,
            Optional.empty(),
            OverrideRecord.Undo.NONE);
    overrides.add(override);
    overrides.dueIn(override.id(), settings.confirmWithin());
    transactions.record(
        "transition.overridden",
        settled.path(),
        Map.of(
            "override", override.id(),
            "by", who,
            "reason", reason,
            "conditions", skipped.stream().map(Condition::type).toList(),
            "confirm_by", override.confirmBy()));
    return gate.complete(
        settled, facts, who, "Overridden by %s: %s".formatted(who, reason), override.id());
  }

  private static void requireOverridable(Guard guard, Facts facts) {
    guard
        .neverOverridden(facts)
        .ifPresent(
            why -> {
              throw new Problem(
                      RegistryError.NOT_OVERRIDABLE,
                      "%s cannot be overridden. %s".formatted(guard.type(), why))
                  .with("condition", guard.type());
            });
  }

  /** The second person's agreement, by the rules of approvals. */
  public OverrideRecord confirm(
      ModelId model, UUID id, Reviewer reviewer, Optional<String> comment) {
    Transition seen = transactions.call(() -> find.transition(model, id));
    return transactions.audited(
        model,
        "confirmation.refused",
        seen.path(),
        Map.of(),
        () -> confirm(find.transition(model, id), reviewer, comment));
  }

  private OverrideRecord confirm(
      Transition transition, Reviewer reviewer, Optional<String> comment) {
    OverrideRecord override =
        overrides
            .ofTransition(transition.id())
            .orElseThrow(
                () ->
                    new Problem(
                        RegistryError.OVERRIDE_NOT_FOUND,
                        "Nobody overrode transition %s.".formatted(transition.id())));
    boolean confirmedBefore =
        override.state() == State.CONFIRMED
            && override.settled().filter(s -> s.by().equals(reviewer.principal())).isPresent();
    if (confirmedBefore) {
      return override;
    }
    boolean late = !gate.now().isBefore(override.confirmBy());
    if (override.state() != State.AWAITING_CONFIRMATION || late) {
      throw new Problem(
              RegistryError.OVERRIDE_SETTLED,
              late
                  ? "It had to be confirmed by %s.".formatted(override.confirmBy())
                  : "It is confirmed already.")
          .with("confirm_by", override.confirmBy());
    }
    involvement(reviewer, override, gate.facts(transition, Answers.NONE))
        .ifPresent(
            how -> {
              throw new Problem(RegistryError.FOUR_EYES, how + "; somebody else has to confirm.")
                  .with("principal", reviewer.principal());
            });
    OverrideRecord confirmed = override.confirmed(gate.now(), reviewer.principal(), comment);
    overrides.save(confirmed);
    transactions.record(
        "override.confirmed",
        confirmed.path(),
        Map.of("override", confirmed.id(), "by", reviewer.principal()));
    return confirmed;
  }

  private static Optional<String> involvement(
      Reviewer reviewer, OverrideRecord override, Facts facts) {
    if (reviewer.speaksFor(override.by())) {
      return Optional.of(override.by() + " made the override");
    }
    return reviewer.involvement(facts);
  }
}
