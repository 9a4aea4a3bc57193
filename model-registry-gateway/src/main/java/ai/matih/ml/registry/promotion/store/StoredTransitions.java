package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Approval;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.TransitionState;
import ai.matih.ml.registry.promotion.Transitions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredTransitions implements Transitions {

  private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");
  private static final UUID NO_ID = new UUID(0, 0);

  private final TransitionRows rows;
  private final ApprovalRows approvals;

  StoredTransitions(TransitionRows rows, ApprovalRows approvals) {
    this.rows = rows;
    this.approvals = approvals;
  }

  @Override
  public void add(Transition transition) {
    rows.save(TransitionRow.of(transition));
  }

  @Override
  public void save(Transition transition) {
    TransitionRow row = rows.findById(transition.id()).orElseThrow();
    row.progress(transition);
    rows.save(row);
  }

  @Override
  public void addApproval(UUID transition, Approval approval) {
    approvals.save(ApprovalRow.of(transition, approval));
  }

  @Override
  public void voidApproval(Approval approval) {
    Approval.Voided voided = approval.voided().orElseThrow();
    approvals.voidIt(approval.id(), voided.at(), voided.reason());
  }

  @Override
  public Optional<Transition> find(ModelId model, UUID id) {
    return rows.findByModelIdAndId(model.slug(), id).map(this::withApprovals);
  }

  @Override
  public Optional<Transition> find(UUID id) {
    return rows.findById(id).map(this::withApprovals);
  }

  @Override
  public Optional<Transition> ofRequest(ModelId model, String requester, String requestKey) {
    return rows.findByModelIdAndRequestedByAndRequestKey(model.slug(), requester, requestKey)
        .map(this::withApprovals);
  }

  @Override
  public Optional<Transition> open(ModelId model, VersionNumber version, Stage target) {
    return rows.findByModelIdAndVersionAndTargetStageAndState(
            model.slug(), version.value(), target, TransitionState.PENDING)
        .map(this::withApprovals);
  }

  @Override
  public List<Transition> open(ModelId model) {
    return withApprovals(
        rows.findByModelIdAndStateOrderByRequestedAtAsc(model.slug(), TransitionState.PENDING));
  }

  @Override
  public List<Transition> list(
      Optional<ModelId> model, Optional<UUID> after, Optional<TransitionState> state, int limit) {
    Optional<TransitionRow> last = after.flatMap(rows::findById);
    return withApprovals(
        rows.list(
            model.map(ModelId::slug).orElse(null),
            state.orElse(null),
            last.map(row -> row.requestedAt).orElse(END_OF_TIME),
            last.map(row -> row.id).orElse(NO_ID),
            Limit.of(limit)));
  }

  private Transition withApprovals(TransitionRow row) {
    return withApprovals(List.of(row)).getFirst();
  }

  private List<Transition> withApprovals(List<TransitionRow> found) {
    Map<UUID, List<Approval>> given =
        approvals
            .findByTransitionIdInOrderByApprovedAtAscIdAsc(
                found.stream().map(row -> row.id).toList())
            .stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.transitionId,
                    Collectors.mapping(ApprovalRow::approval, Collectors.toList())));
    return found.stream()
        .map(row -> row.transition(given.getOrDefault(row.id, List.of())))
        .toList();
  }

  @Override
  public void dueNow(ModelId model) {
    rows.dueNow(model.slug());
  }

  @Override
  public void dueIn(UUID id, Duration wait) {
    rows.dueIn(id, wait.toMillis());
  }
}
