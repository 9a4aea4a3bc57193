package ai.matih.ml.registry.emergency.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.registry.emergency.RollBackProduction;
import ai.matih.ml.registry.emergency.Rollback;
import ai.matih.ml.registry.emergency.Rollbacks;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Requester;
import ai.matih.ml.registry.promotion.Transition;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Instant;
import java.util.List;
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
import org.springframework.web.bind.annotation.RestController;

/** Back to the previous Production version, stage and traffic together. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}")
class RollbackController {

  private final RollBackProduction act;
  private final Rollbacks rollbacks;
  private final FindModel find;
  private final Transactions transactions;

  RollbackController(
      RollBackProduction act, Rollbacks rollbacks, FindModel find, Transactions transactions) {
    this.act = act;
    this.rollbacks = rollbacks;
    this.find = find;
    this.transactions = transactions;
  }

  /**
   * Why Production goes back.
   *
   * @param dryRun true: only says what would happen
   */
  record RollbackRequest(
      @NotBlank(message = "is required") @Size(max = 2000) String reason,
      @Nullable Boolean dryRun) {}

  /**
   * A roll-back as callers see it.
   *
   * @param id absent in the answer to a dry run, which stores nothing
   * @param transitionId the move of the stages
   */
  record RollbackAnswer(
      Optional<UUID> id,
      ModelId modelId,
      VersionNumber fromVersion,
      VersionNumber toVersion,
      Rollback.State status,
      boolean dryRun,
      Optional<UUID> transitionId,
      String by,
      String reason,
      Instant startedAt,
      Optional<Instant> endedAt,
      List<Condition> conditions) {

    static RollbackAnswer of(Rollback rollback) {
      return new RollbackAnswer(
          Optional.of(rollback.id()),
          rollback.model(),
          rollback.from(),
          rollback.to(),
          rollback.state(),
          false,
          Optional.of(rollback.transition()),
          rollback.by(),
          rollback.reason(),
          rollback.startedAt(),
          rollback.endedAt(),
          rollback.conditions());
    }

    static RollbackAnswer ofDryRun(Transition wouldBe, VersionNumber to) {
      return new RollbackAnswer(
          Optional.empty(),
          wouldBe.model(),
          wouldBe.version(),
          to,
          Rollback.State.MOVING,
          true,
          Optional.empty(),
          wouldBe.requester().principal(),
          wouldBe.reason().orElse(""),
          wouldBe.requestedAt(),
          Optional.empty(),
          wouldBe.conditions());
    }
  }

  /**
   * 200 when stage and traffic have moved, 202 when the traffic has yet to, 409 when nothing moved.
   */
  @PostMapping("/rollback")
  @Allow({Permission.MODELS_PROMOTE, Permission.TRAFFIC_WRITE})
  @Idempotent(outside = true)
  @Answers({200, 202})
  ResponseEntity<RollbackAnswer> rollBack(
      @PathVariable ModelId id,
      @Valid @RequestBody RollbackRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    RollBackProduction.Result result =
        act.rollBack(
            id,
            new RollBackProduction.Request(
                request.reason(),
                Boolean.TRUE.equals(request.dryRun()),
                Requester.of(caller),
                Optional.ofNullable(key)));
    if (result.rollback().isEmpty()) {
      return ResponseEntity.ok(RollbackAnswer.ofDryRun(result.transition(), result.to()));
    }
    Rollback rollback = result.rollback().get();
    URI location = URI.create("/api/v1/ml/" + rollback.path());
    RollbackAnswer answer = RollbackAnswer.of(rollback);
    return rollback.state() == Rollback.State.MOVING
        ? ResponseEntity.accepted().location(location).body(answer)
        : ResponseEntity.ok().location(location).body(answer);
  }

  @GetMapping("/rollbacks")
  @Allow(Permission.MODELS_READ)
  Page<RollbackAnswer> list(@PathVariable ModelId id, PageRequest page) {
    return transactions.call(
        () ->
            Page.cut(
                    rollbacks.list(find.model(id).id(), page.after(UUID::fromString), page.limit()),
                    page,
                    last -> PageToken.of(last.id()))
                .map(RollbackAnswer::of));
  }

  @GetMapping("/rollbacks/{rollback}")
  @Allow(Permission.MODELS_READ)
  RollbackAnswer get(@PathVariable ModelId id, @PathVariable UUID rollback) {
    return RollbackAnswer.of(transactions.call(() -> act.find(id, rollback)));
  }
}
