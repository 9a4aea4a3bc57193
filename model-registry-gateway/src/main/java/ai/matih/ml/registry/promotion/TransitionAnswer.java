package ai.matih.ml.registry.promotion;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A transition as callers see it, for the edges of two capabilities.
 *
 * @param id absent in the answer to a dry run, which stores nothing
 * @param retiresModel whether it retires the whole model
 * @param missing types of the conditions that stand in the way
 */
public record TransitionAnswer(
    Optional<UUID> id,
    ModelId modelId,
    VersionNumber version,
    Stage fromStage,
    Stage targetStage,
    boolean retiresModel,
    TransitionState status,
    boolean dryRun,
    String requestedBy,
    Optional<String> reason,
    int policyRevision,
    PolicyInForce policy,
    Instant requestedAt,
    Instant expiresAt,
    Optional<Instant> endedAt,
    Optional<String> endedBy,
    Optional<String> endReason,
    List<Condition> conditions,
    List<String> missing,
    List<ApprovalAnswer> approvals) {

  /**
   * The policy that judges it.
   *
   * @param revision the one that it started with and is judged by to its end
   * @param outdated whether the model has another one by now
   */
  public record PolicyInForce(int revision, int currentRevision, boolean outdated) {}

  /**
   * Somebody's agreement.
   *
   * @param basis digest over artifact, policy and evidence as they were approved
   * @param voidReason what changed since, when it does not count any more
   */
  public record ApprovalAnswer(
      UUID id,
      String approver,
      Instant approvedAt,
      Optional<String> comment,
      Digest basis,
      boolean isVoid,
      Optional<Instant> voidedAt,
      Optional<String> voidReason) {

    static ApprovalAnswer of(Approval approval) {
      return new ApprovalAnswer(
          approval.id(),
          approval.approver(),
          approval.at(),
          approval.comment(),
          approval.basis().digest(),
          approval.voided().isPresent(),
          approval.voided().map(Approval.Voided::at),
          approval.voided().map(Approval.Voided::reason));
    }
  }

  public static TransitionAnswer of(Transition transition, int currentPolicy) {
    return of(transition, currentPolicy, false);
  }

  public static TransitionAnswer ofDryRun(Transition transition, int currentPolicy) {
    return of(transition, currentPolicy, true);
  }

  private static TransitionAnswer of(Transition transition, int currentPolicy, boolean dryRun) {
    return new TransitionAnswer(
        dryRun ? Optional.empty() : Optional.of(transition.id()),
        transition.model(),
        transition.version(),
        transition.from(),
        transition.to(),
        transition.retiresModel(),
        transition.state(),
        dryRun,
        transition.requester().principal(),
        transition.reason(),
        transition.policyRevision(),
        new PolicyInForce(
            transition.policyRevision(),
            currentPolicy,
            transition.policyRevision() != currentPolicy),
        transition.requestedAt(),
        transition.expiresAt(),
        transition.ended().map(Transition.Ended::at),
        transition.ended().map(Transition.Ended::by),
        transition.ended().map(Transition.Ended::reason),
        transition.conditions(),
        transition.conditions().stream()
            .filter(condition -> !condition.opens())
            .map(Condition::type)
            .toList(),
        transition.approvals().stream().map(ApprovalAnswer::of).toList());
  }
}
