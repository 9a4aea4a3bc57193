package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.ModelId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stored roll-outs of the tenant in scope. Writes join the caller's transaction. */
public interface GradualRollouts {

  Optional<GradualRollout> find(ModelId model, String id);

  /** The roll-out of a model that is not over; there is at most one. */
  Optional<GradualRollout> open(ModelId model);

  /** Newest first. */
  List<GradualRollout> list(ModelId model, Optional<String> afterId, int limit);

  void add(GradualRollout rollout);

  /** Stores a change of a roll-out that was read under its model's lock. */
  void save(GradualRollout rollout);

  /**
   * The roll-outs that are not over and were not looked at since, over all tenants; each is handed
   * to one caller, who counts as looking at it now.
   */
  List<OwnedRollout> due(Instant lookedBefore, Instant now, int limit);
}
