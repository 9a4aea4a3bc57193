package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.ModelId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stored settings and alerts of the tenant in scope. Writes join the caller's transaction. */
public interface DriftWatches {

  WatchDocument document(ModelId model);

  /**
   * Stores the next revision and makes the model be looked at soon.
   *
   * @throws ai.matih.ml.common.problem.Problem {@code STALE_REVISION} when there is another one
   */
  WatchDocument change(ModelId model, WatchSettings settings, long expected, String by);

  /**
   * Locks a model's alerts until the transaction ends.
   *
   * @return false when somebody else claimed the model after this epoch
   */
  boolean lock(ModelId model, long epoch);

  List<DriftAlert> open(ModelId model);

  Optional<DriftAlert> find(String id);

  /**
   * Newest first.
   *
   * @param open only open or only closed ones
   */
  List<DriftAlert> list(ModelId model, Optional<Boolean> open, Optional<String> afterId, int limit);

  void add(DriftAlert alert);

  void save(DriftAlert alert);

  /** What became of a reaction; nothing else of the alert changes. */
  void react(DriftAlert alert);

  /** When training jobs were asked for since, whatever became of them but a refusal. */
  List<Instant> retrainings(ModelId model, Instant since);
}
