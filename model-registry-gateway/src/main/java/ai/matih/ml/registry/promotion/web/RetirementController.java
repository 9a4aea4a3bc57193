package ai.matih.ml.registry.promotion.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.promotion.Requester;
import ai.matih.ml.registry.promotion.RetireModel;
import ai.matih.ml.registry.promotion.TransitionAnswer;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Retires a model, and brings it back. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}")
class RetirementController {

  private final RetireModel act;
  private final AnswerTransition answers;

  RetirementController(RetireModel act, AnswerTransition answers) {
    this.act = act;
    this.answers = answers;
  }

  /**
   * Why the model ends.
   *
   * @param dryRun true: only says what would happen
   */
  record RetireRequest(
      @NotBlank(message = "is required") @Size(max = 2000) String reason,
      @Nullable Boolean dryRun) {}

  /**
   * Why the model goes on.
   *
   * @param reason for the audit
   */
  record ReactivateRequest(@Size(max = 2000) @Nullable String reason) {}

  /**
   * Retires a model: 202 with a transition that waits for a second person and until nothing is
   * deployed, 200 when the model is retired.
   */
  @PostMapping("/retire")
  @Allow(Permission.MODELS_PROMOTE)
  @Idempotent(outside = true)
  @Answers({200, 202})
  ResponseEntity<TransitionAnswer> retire(
      @PathVariable ModelId id,
      @Valid @RequestBody RetireRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    boolean dryRun = Boolean.TRUE.equals(request.dryRun());
    return answers.of(
        act.retire(
            id,
            new RetireModel.Request(
                request.reason(), dryRun, Requester.of(caller), Optional.ofNullable(key))),
        dryRun);
  }

  /** Lets versions of a retired model be registered and promoted again. */
  @PostMapping("/reactivate")
  @Allow(Permission.MODELS_PROMOTE)
  @Idempotent
  @Answers(204)
  ResponseEntity<Void> reactivate(
      @PathVariable ModelId id,
      @Valid @RequestBody(required = false) @Nullable ReactivateRequest request) {
    act.reactivate(id, Optional.ofNullable(request).map(ReactivateRequest::reason));
    return ResponseEntity.noContent().build();
  }
}
