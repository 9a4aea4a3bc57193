package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.promotion.AskRouter.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * People's acts on an open transition: approve, reject, cancel. Each repeat by the same person
 * finds what they did before.
 */
public final class ReviewTransition {

  private final FindTransition find;
  private final Transitions transitions;
  private final Gate gate;
  private final AskRouter askRouter;
  private final ModelTransactions transactions;

  public ReviewTransition(
      FindTransition find,
      Transitions transitions,
      Gate gate,
      AskRouter askRouter,
      ModelTransactions transactions) {
    this.find = find;
    this.transitions = transitions;
    this.gate = gate;
    this.askRouter = askRouter;
    this.transactions = transactions;
  }

  /** Approves exactly what is there now; completes the transition when nothing else is missing. */
  public Transition approve(ModelId model, UUID id, Reviewer approver, Optional<String> comment) {
    Transition seen = transactions.call(() -> find.transition(model, id));
    Answers answers = askRouter.ask(seen);
    return act(
        seen, "approval.refused", transition -> approve(transition, approver, comment, answers));
  }

  private Transition approve(
      Transition transition, Reviewer reviewer, Optional<String> comment, Answers answers) {
    String approver = reviewer.principal();
    if (!Gate.move(transition).needsApproval()) {
      throw new Problem(RegistryError.APPROVAL_NOT_NEEDED, "This move needs nobody's approval.");
    }
    Facts facts = gate.facts(transition, answers);
    boolean approvedBefore =
        transition.approvals().stream()
            .anyMatch(a -> a.approver().equals(approver) && a.voided().isEmpty());
    if (transition.state() == TransitionState.COMPLETED && approvedBefore) {
      return transition;
    }
    requireOpen(transition);
    reviewer
        .involvement(facts)
        .ifPresent(
            how -> {
              throw new Problem(RegistryError.FOUR_EYES, how + "; somebody else has to approve.")
                  .with("principal", approver);
            });
    ApprovalBasis basis = facts.basis();
    List<Approval> approvals = new ArrayList<>();
    boolean holds = false;
    for (Approval approval : transition.approvals()) {
      if (approval.approver().equals(approver) && approval.voided().isEmpty()) {
        if (facts.lapse(approval, basis).isEmpty()) {
          holds = true;
        } else {
          Approval renewed = approval.voidedAt(facts.now(), "approved anew");
          transitions.voidApproval(renewed);
          approvals.add(renewed);
          continue;
        }
      }
      approvals.add(approval);
    }
    if (!holds) {
      Approval approval =
          new Approval(
              UUID.randomUUID(),
              approver,
              reviewer.keyMadeBy(),
              comment,
              basis,
              facts.now(),
              Optional.empty());
      transitions.addApproval(transition.id(), approval);
      approvals.add(approval);
      transactions.record(
          "transition.approved",
          transition.path(),
          Map.of("approver", approver, "basis", basis.digest(), "approval", approval.id()));
    }
    return gate.settle(transition.withApprovals(approvals), answers);
  }

  /** Says no, with a reason; that ends the transition. */
  public Transition reject(ModelId model, UUID id, String reviewer, String reason) {
    Transition seen = transactions.call(() -> find.transition(model, id));
    return act(
        seen,
        "rejection.refused",
        transition -> {
          if (endedBy(transition, TransitionState.REJECTED, reviewer)) {
            return transition;
          }
          requireOpen(transition);
          return gate.end(transition, TransitionState.REJECTED, reviewer, reason);
        });
  }

  /** Takes the request back. */
  public Transition cancel(ModelId model, UUID id, Requester by, Optional<String> reason) {
    Transition seen = transactions.call(() -> find.transition(model, id));
    return act(
        seen,
        "cancellation.refused",
        transition -> {
          if (endedBy(transition, TransitionState.CANCELLED, by.principal())) {
            return transition;
          }
          requireOpen(transition);
          if (!by.admin() && !by.principal().equals(transition.requester().principal())) {
            throw new Problem(
                RegistryError.NOT_REQUESTER,
                "Only %s or an administrator may take it back."
                    .formatted(transition.requester().principal()));
          }
          return gate.end(
              transition, TransitionState.CANCELLED, by.principal(), reason.orElse("Taken back."));
        });
  }

  private Transition act(Transition seen, String refused, UnaryOperator<Transition> act) {
    return transactions.audited(
        seen.model(),
        refused,
        seen.path(),
        Map.of(),
        () -> act.apply(find.transition(seen.model(), seen.id())));
  }

  private static boolean endedBy(Transition transition, TransitionState how, String principal) {
    return transition.state() == how
        && transition.ended().filter(end -> end.by().equals(principal)).isPresent();
  }

  public static void requireOpen(Transition transition) {
    if (transition.state().isOver()) {
      throw new Problem(
              RegistryError.TRANSITION_CLOSED,
              "The transition is %s."
                  .formatted(transition.state().name().toLowerCase(java.util.Locale.ROOT)))
          .with("transition_id", transition.id())
          .with("status", transition.state());
    }
  }
}
