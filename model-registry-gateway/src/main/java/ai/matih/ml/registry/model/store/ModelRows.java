package ai.matih.ml.registry.model.store;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface ModelRows extends Repository<ModelRow, UUID> {

  void save(ModelRow row);

  Optional<ModelRow> findById(String id);

  Optional<ModelRow> findByIdAndDeletedAtIsNull(String id);
}
