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

  void add(GateOverride override);

  /** Stores state and undo; the rest never changes. */
  void save(GateOverride override);

  Optional<GateOverride> find(UUID id);

  Optional<GateOverride> ofTransition(UUID transition);

  /** All of a model, oldest first. */
  List<GateOverride> of(ModelId model);

  /** Of all models, newest first, after one of them. */
  List<GateOverride> list(Optional<UUID> after, Optional<GateOverride.State> state, int limit);

  /** Has an override looked at again after a while. */
  void dueIn(UUID id, Duration wait);
}
