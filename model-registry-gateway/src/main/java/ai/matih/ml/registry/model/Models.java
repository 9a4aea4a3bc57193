package ai.matih.ml.registry.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The current tenant's models and their policies. */
public interface Models {

  /**
   * Stores a new model with its first policy revision.
   *
   * @return false when the id is taken
   */
  boolean add(Model model, PolicyRevision policy);

  /** Empty also for a deleted one. */
  Optional<Model> find(ModelId id);

  /** Up to {@code limit} models in the order of their ids, after one of them. */
  List<Model> list(Optional<ModelId> after, ModelSearch search, int limit);

  /** Whether there was a model of this id that is deleted now; its id is never given out again. */
  boolean isDeleted(ModelId id);

  /** Takes a model out of every other answer of this port; the caller holds its lock. */
  void delete(ModelId id, Instant at);

  /** Brings a deleted model back; the caller holds its lock. */
  void restore(ModelId id);

  void change(Model model);

  /**
   * Makes every other change of this model wait for the end of the current transaction. Comes
   * before anything is read in it, since what was read before may be old by then.
   */
  void lock(ModelId id);

  PolicyRevision policy(ModelId id);

  PolicyRevision policy(ModelId id, int revision);

  /** Stores the next revision; the caller holds the model's lock. */
  void addPolicy(PolicyRevision next);
}
