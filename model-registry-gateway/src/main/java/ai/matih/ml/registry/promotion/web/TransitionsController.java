package ai.matih.ml.registry.promotion.web;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.promotion.TransitionAnswer;
import ai.matih.ml.registry.promotion.TransitionState;
import ai.matih.ml.registry.promotion.Transitions;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The transitions of all models together: what waits for somebody. */
@RestController
class TransitionsController {

  private final Transitions transitions;
  private final AnswerTransition answers;
  private final Transactions transactions;

  TransitionsController(
      Transitions transitions, AnswerTransition answers, Transactions transactions) {
    this.transitions = transitions;
    this.answers = answers;
    this.transactions = transactions;
  }

  /** Newest first. */
  @GetMapping("/api/v1/ml/transitions")
  @Allow(Permission.MODELS_READ)
  Page<TransitionAnswer> list(
      @RequestParam(required = false) @Nullable TransitionState status, PageRequest page) {
    return transactions.call(
        () ->
            Page.cut(
                    transitions.list(
                        Optional.empty(),
                        page.after(UUID::fromString),
                        Optional.ofNullable(status),
                        page.limit()),
                    page,
                    last -> PageToken.of(last.id()))
                .map(answers::body));
  }
}
