package ai.matih.ml.registry.promotion.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.FindTransition;
import ai.matih.ml.registry.promotion.PromoteVersion;
import ai.matih.ml.registry.promotion.Requester;
import ai.matih.ml.registry.promotion.ReviewTransition;
import ai.matih.ml.registry.promotion.Reviewer;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.TransitionAnswer;
import ai.matih.ml.registry.promotion.TransitionState;
import ai.matih.ml.registry.promotion.Transitions;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Promotions and the transitions that they make. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}")
class PromotionController {

  private final PromoteVersion promote;
  private final ReviewTransition review;
  private final Transitions transitions;
  private final FindModel find;
  private final FindTransition findTransition;
  private final Transactions transactions;
  private final AnswerTransition answers;

  PromotionController(
      PromoteVersion promote,
      ReviewTransition review,
      Transitions transitions,
      FindModel find,
      FindTransition findTransition,
      Transactions transactions,
      AnswerTransition answers) {
    this.promote = promote;
    this.review = review;
    this.transitions = transitions;
    this.find = find;
    this.findTransition = findTransition;
    this.transactions = transactions;
    this.answers = answers;
  }

  /**
   * A move to make.
   *
   * @param dryRun true: only says what would happen
   */
  record PromoteRequest(
      @NotNull @Min(1) Integer version,
      @NotNull Stage targetStage,
      @Size(max = 2000) @Nullable String reason,
      @Nullable Boolean dryRun) {}

  record ApproveRequest(@Size(max = 2000) @Nullable String comment) {}

  record RejectRequest(@NotBlank @Size(max = 2000) String reason) {}

  record CancelRequest(@Size(max = 2000) @Nullable String reason) {}

  /** 200 when the move is made, 202 when it waits, 409 when it is no move. */
  @PostMapping("/promote")
  @Allow(Permission.MODELS_PROMOTE)
  @Idempotent(outside = true)
  @Answers({200, 202})
  ResponseEntity<TransitionAnswer> promote(
      @PathVariable ModelId id,
      @Valid @RequestBody PromoteRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    boolean dryRun = Boolean.TRUE.equals(request.dryRun());
    Transition transition =
        promote.promote(
            id,
            new PromoteVersion.Request(
                new VersionNumber(request.version()),
                request.targetStage(),
                Optional.ofNullable(request.reason()),
                dryRun,
                Requester.of(caller),
                Optional.ofNullable(key)));
    return answers.of(transition, dryRun);
  }

  @GetMapping("/transitions")
  @Allow(Permission.MODELS_READ)
  Page<TransitionAnswer> list(
      @PathVariable ModelId id,
      @RequestParam(required = false) @Nullable TransitionState status,
      PageRequest page) {
    return transactions.call(
        () ->
            Page.cut(
                    transitions.list(
                        Optional.of(find.model(id).id()),
                        page.after(UUID::fromString),
                        Optional.ofNullable(status),
                        page.limit()),
                    page,
                    last -> PageToken.of(last.id()))
                .map(answers::body));
  }

  @GetMapping("/transitions/{transition}")
  @Allow(Permission.MODELS_READ)
  TransitionAnswer get(@PathVariable ModelId id, @PathVariable UUID transition) {
    return transactions.call(() -> answers.body(findTransition.transition(id, transition)));
  }

  /**
   * Approves exactly what is there now. It counts for whoever calls, never for somebody on whose
   * behalf a service says that it calls.
   */
  @PostMapping("/transitions/{transition}/approve")
  @Allow(Permission.MODELS_APPROVE)
  @Idempotent(outside = true)
  @Answers({200, 202})
  ResponseEntity<TransitionAnswer> approve(
      @PathVariable ModelId id,
      @PathVariable UUID transition,
      @Valid @RequestBody(required = false) @Nullable ApproveRequest request,
      Caller caller) {
    Optional<String> comment = Optional.ofNullable(request).map(ApproveRequest::comment);
    return answers.of(review.approve(id, transition, Reviewer.of(caller), comment));
  }

  @PostMapping("/transitions/{transition}/reject")
  @Allow(Permission.MODELS_APPROVE)
  @Idempotent(outside = true)
  ResponseEntity<TransitionAnswer> reject(
      @PathVariable ModelId id,
      @PathVariable UUID transition,
      @Valid @RequestBody RejectRequest request,
      Caller caller) {
    return ResponseEntity.ok(
        answers.body(review.reject(id, transition, caller.principal(), request.reason())));
  }

  @PostMapping("/transitions/{transition}/cancel")
  @Allow(Permission.MODELS_PROMOTE)
  @Idempotent(outside = true)
  ResponseEntity<TransitionAnswer> cancel(
      @PathVariable ModelId id,
      @PathVariable UUID transition,
      @Valid @RequestBody(required = false) @Nullable CancelRequest request,
      Caller caller) {
    Optional<String> reason = Optional.ofNullable(request).map(CancelRequest::reason);
    return ResponseEntity.ok(
        answers.body(review.cancel(id, transition, Requester.of(caller), reason)));
  }
}
