package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The current tenant's transitions with their approvals. Whoever changes one holds its model's
 * lock.
 */
public interface Transitions {

  void add(Transition transition);

  /** Stores state and conditions; approvals are stored by themselves. */
  void save(Transition transition);

  void addApproval(UUID transition, Approval approval);

  void voidApproval(Approval approval);

  Optional<Transition> find(ModelId model, UUID id);

  /** By the id of its row, as claims of background work have it. */
  Optional<Transition> find(UUID id);

  Optional<Transition> ofRequest(ModelId model, String requester, String requestKey);

  Optional<Transition> open(ModelId model, VersionNumber version, Stage target);

  List<Transition> open(ModelId model);

  /** Of one model or of all, newest first, after one of them. */
  List<Transition> list(
      Optional<ModelId> model, Optional<UUID> after, Optional<TransitionState> state, int limit);

  /** Has the model's open transitions looked at at once. */
  void dueNow(ModelId model);

  /** Has a transition looked at again after a while. */
  void dueIn(UUID id, Duration wait);
}
