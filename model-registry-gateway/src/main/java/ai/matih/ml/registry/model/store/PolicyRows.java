package ai.matih.ml.registry.model.store;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface PolicyRows extends Repository<PolicyRow, UUID> {

  void save(PolicyRow row);

  Optional<PolicyRow> findFirstByModelIdOrderByRevisionDesc(String modelId);

  Optional<PolicyRow> findByModelIdAndRevision(String modelId, int revision);
}
