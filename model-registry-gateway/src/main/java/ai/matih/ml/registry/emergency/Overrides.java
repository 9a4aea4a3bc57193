package ai.matih.ml.registry.emergency;

import ai.matih.ml.registry.model.ModelId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The current tenant's overrides; none is ever removed. Whoever changes one holds its model's lock.
 */
public interface Overrides {

  void add(OverrideRecord override);

  /** Stores state and undo; the rest never changes. */
  void save(OverrideRecord override);

  Optional<OverrideRecord> find(UUID id);

  Optional<OverrideRecord> ofTransition(UUID transition);

  /** All of a model, oldest first. */
  List<OverrideRecord> of(ModelId model);

  /** Of all models, newest first, after one of them. */
  List<OverrideRecord> list(Optional<UUID> after, Optional<OverrideRecord.State> state, int limit);

  /** Has an override looked at again after a while. */
  void dueIn(UUID id, Duration wait);
}
