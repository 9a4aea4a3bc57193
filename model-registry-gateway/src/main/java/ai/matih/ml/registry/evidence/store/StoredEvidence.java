package ai.matih.ml.registry.evidence.store;

import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredEvidence implements EvidenceLog {

  private final EvidenceRows rows;

  StoredEvidence(EvidenceRows rows) {
    this.rows = rows;
  }

  @Override
  public void add(Evidence evidence) {
    rows.save(EvidenceRow.of(evidence));
  }

  @Override
  public List<Evidence> of(ModelId model, VersionNumber version) {
    return rows
        .findByModelIdAndVersionOrderByRecordedAtAscIdAsc(model.slug(), version.value())
        .stream()
        .map(EvidenceRow::evidence)
        .toList();
  }
}
