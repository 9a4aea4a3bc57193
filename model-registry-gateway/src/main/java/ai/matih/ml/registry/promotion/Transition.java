package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One request to move a version, and what became of it.
 *
 * @param retiresModel whether all other versions go with it, and the model itself
 * @param requestKey the idempotency key of the request, so that its repeat finds this
 * @param policyRevision the policy that it started with and is judged by to its end
 * @param ended how it ended, when it has
 */
public record Transition(
    UUID id,
    ModelId model,
    VersionNumber version,
    Stage from,
    Stage to,
    boolean retiresModel,
    TransitionState state,
    Requester requester,
    Optional<String> requestKey,
    Optional<String> reason,
    int policyRevision,
    Instant requestedAt,
    Instant expiresAt,
    Optional<Ended> ended,
    List<Condition> conditions,
    List<Approval> approvals) {

  /** The end of a transition: when, by whose act, and why. */
  public record Ended(Instant at, String by, String reason) {}

  public Transition {
    conditions = List.copyOf(conditions);
    approvals = List.copyOf(approvals);
  }

  public String path() {
    return "models/" + model + "/transitions/" + id;
  }

  Transition with(List<Condition> now) {
    return changed(state, ended, now, approvals);
  }

  public Transition withApprovals(List<Approval> now) {
    return changed(state, ended, conditions, now);
  }

  /** Ends it; what has ended stays as it is. */
  public Transition end(TransitionState how, Instant at, String by, String why) {
    if (state.isOver()) {
      throw new IllegalStateException("transition " + id + " has ended already");
    }
    return changed(how, Optional.of(new Ended(at, by, why)), conditions, approvals);
  }

  private Transition changed(
      TransitionState nowIn,
      Optional<Ended> nowEnded,
      List<Condition> nowConditions,
      List<Approval> nowApprovals) {
    return new Transition(
        id,
        model,
        version,
        from,
        to,
        retiresModel,
        nowIn,
        requester,
        requestKey,
        reason,
        policyRevision,
        requestedAt,
        expiresAt,
        nowEnded,
        nowConditions,
        nowApprovals);
  }
}
