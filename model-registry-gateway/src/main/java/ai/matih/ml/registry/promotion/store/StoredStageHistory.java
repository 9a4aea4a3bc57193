package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.promotion.StagePeriod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredStageHistory implements StageHistory {

  private final StagePeriodRows rows;

  StoredStageHistory(StagePeriodRows rows) {
    this.rows = rows;
  }

  @Override
  public void begin(StagePeriod period) {
    rows.end(period.model().slug(), period.version().value(), period.from());
    rows.save(StagePeriodRow.of(period));
  }

  @Override
  public List<StagePeriod> at(ModelId model, Instant at) {
    return rows.at(model.slug(), at).stream().map(StagePeriodRow::period).toList();
  }

  @Override
  public List<StagePeriod> of(ModelId model, VersionNumber version) {
    return rows.findByModelIdAndVersionOrderByFromAtAscIdAsc(model.slug(), version.value()).stream()
        .map(StagePeriodRow::period)
        .toList();
  }

  @Override
  public Optional<StagePeriod> firstIn(ModelId model, Stage stage) {
    return rows.findFirstByModelIdAndStageOrderByFromAtAscIdAsc(model.slug(), stage)
        .map(StagePeriodRow::period);
  }

  @Override
  public List<StagePeriod> begunBy(ModelId model, UUID transition) {
    return rows.findByModelIdAndTransitionIdOrderByVersionAsc(model.slug(), transition).stream()
        .map(StagePeriodRow::period)
        .toList();
  }
}
