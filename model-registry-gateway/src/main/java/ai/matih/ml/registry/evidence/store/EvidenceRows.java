package ai.matih.ml.registry.evidence.store;

import java.util.List;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface EvidenceRows extends Repository<EvidenceRow, UUID> {

  void save(EvidenceRow row);

  List<EvidenceRow> findByModelIdAndVersionOrderByRecordedAtAscIdAsc(String modelId, int version);
}
