package ai.matih.ml.registry.model;

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

  Optional<Model> find(ModelId id);

  /** Up to {@code limit} models in the order of their ids, after one of them. */
  List<Model> list(Optional<ModelId> after, Optional<String> nameContains, int limit);

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
