package ai.matih.ml.registry.promotion.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.TransitionAnswer;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** How an act on a transition is answered: made, waiting, or ended without the move. */
@Component
class AnswerTransition {

  private final FindModel find;
  private final Transactions transactions;

  AnswerTransition(FindModel find, Transactions transactions) {
    this.find = find;
    this.transactions = transactions;
  }

  ResponseEntity<TransitionAnswer> of(Transition transition, boolean dryRun) {
    return dryRun
        ? ResponseEntity.ok(
            TransitionAnswer.ofDryRun(transition, currentPolicy(transition.model())))
        : of(transition);
  }

  ResponseEntity<TransitionAnswer> of(Transition transition) {
    URI location = URI.create("/api/v1/ml/" + transition.path());
    return switch (transition.state()) {
      case PENDING -> ResponseEntity.accepted().location(location).body(body(transition));
      case COMPLETED -> ResponseEntity.ok().location(location).body(body(transition));
      case REJECTED, CANCELLED, EXPIRED, FAILED ->
          throw new Problem(
                  RegistryError.TRANSITION_CLOSED,
                  transition.ended().map(Transition.Ended::reason).orElse("It has ended."))
              .with("transition_id", transition.id())
              .with("status", transition.state());
    };
  }

  TransitionAnswer body(Transition transition) {
    return TransitionAnswer.of(transition, currentPolicy(transition.model()));
  }

  private int currentPolicy(ModelId model) {
    return transactions.call(() -> find.policy(model).revision());
  }
}
