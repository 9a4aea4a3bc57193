package ai.matih.ml.registry.emergency.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.emergency.OverrideTransition;
import ai.matih.ml.registry.emergency.Overrides;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.promotion.Reviewer;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.TransitionAnswer;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Overridden gates, their confirmation, and the lists of them. */
@RestController
@RequestMapping("/api/v1/ml")
class OverrideController {

  private final OverrideTransition overrideTransition;
  private final Overrides overrides;
  private final FindModel find;
  private final Transactions transactions;

  OverrideController(
      OverrideTransition overrideTransition,
      Overrides overrides,
      FindModel find,
      Transactions transactions) {
    this.overrideTransition = overrideTransition;
    this.overrides = overrides;
    this.find = find;
    this.transactions = transactions;
  }

  record OverrideRequest(@NotBlank(message = "is required") @Size(max = 2000) String reason) {}

  record ConfirmRequest(@Size(max = 2000) @Nullable String comment) {}

  /** All overrides of a model, oldest first. */
  record OverridesAnswer(List<OverrideAnswer> items) {}

  /** Makes the move at once; a second person has to confirm it in time. */
  @PostMapping("/models/{id}/transitions/{transition}/override")
  @Allow(Permission.PROMOTIONS_OVERRIDE)
  @Idempotent(outside = true)
  ResponseEntity<TransitionAnswer> override(
      @PathVariable ModelId id,
      @PathVariable UUID transition,
      @Valid @RequestBody OverrideRequest request,
      Caller caller) {
    Transition moved =
        overrideTransition.override(id, transition, caller.principal(), request.reason());
    int policy = transactions.call(() -> find.policy(moved.model()).revision());
    return ResponseEntity.ok(TransitionAnswer.of(moved, policy));
  }

  @PostMapping("/models/{id}/transitions/{transition}/override/confirm")
  @Allow(Permission.MODELS_APPROVE)
  @Idempotent(outside = true)
  ResponseEntity<OverrideAnswer> confirm(
      @PathVariable ModelId id,
      @PathVariable UUID transition,
      @Valid @RequestBody(required = false) @Nullable ConfirmRequest request,
      Caller caller) {
    return ResponseEntity.ok(
        OverrideAnswer.of(
            overrideTransition.confirm(
                id,
                transition,
                Reviewer.of(caller),
                Optional.ofNullable(request).map(ConfirmRequest::comment))));
  }

  @GetMapping("/models/{id}/transitions/{transition}/override")
  @Allow(Permission.MODELS_READ)
  OverrideAnswer get(@PathVariable ModelId id, @PathVariable UUID transition) {
    return transactions.call(
        () ->
            overrides
                .ofTransition(transition)
                .filter(override -> override.model().equals(find.model(id).id()))
                .map(OverrideAnswer::of)
                .orElseThrow(
                    () ->
                        new Problem(
                            RegistryError.OVERRIDE_NOT_FOUND,
                            "Nobody overrode transition " + transition + ".")));
  }

  @GetMapping("/models/{id}/overrides")
  @Allow(Permission.MODELS_READ)
  OverridesAnswer of(@PathVariable ModelId id) {
    return transactions.call(
        () ->
            new OverridesAnswer(
                overrides.of(find.model(id).id()).stream().map(OverrideAnswer::of).toList()));
  }

  /** Across all models, newest first. */
  @GetMapping("/audit/registry/overrides")
  @Allow(Permission.AUDIT_READ)
  Page<OverrideAnswer> list(
      @RequestParam(required = false) OverrideRecord.@Nullable State status, PageRequest page) {
    return transactions.call(
        () ->
            Page.cut(
                    overrides.list(
                        page.after(UUID::fromString), Optional.ofNullable(status), page.limit()),
                    page,
                    last -> PageToken.of(last.id()))
                .map(OverrideAnswer::of));
  }
}
