package ai.matih.ml.registry.emergency;

import ai.matih.ml.registry.model.ModelId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The current tenant's roll-backs. Whoever changes one holds its model's lock. */
public interface Rollbacks {

  void add(Rollback rollback);

  /** Stores state and conditions; the rest never changes. */
  void save(Rollback rollback);

  Optional<Rollback> find(UUID id);

  Optional<Rollback> ofTransition(UUID transition);

  /** The one of a model that still moves traffic; there is one at most. */
  Optional<Rollback> moving(ModelId model);

  /** Newest first, after one of them. */
  List<Rollback> list(ModelId model, Optional<UUID> after, int limit);

  /** Has a roll-back looked at again after a while. */
  void dueIn(UUID id, Duration wait);
}
