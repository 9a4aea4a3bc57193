package ai.matih.ml.registry.emergency.store;

import ai.matih.ml.registry.emergency.Rollback;
import ai.matih.ml.registry.emergency.Rollbacks;
import ai.matih.ml.registry.model.ModelId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredRollbacks implements Rollbacks {

  private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");
  private static final UUID NO_ID = new UUID(0, 0);

  private final RollbackRows rows;

  StoredRollbacks(RollbackRows rows) {
    this.rows = rows;
  }

  @Override
  public void add(Rollback rollback) {
    rows.save(RollbackRow.of(rollback));
  }

  @Override
  public void save(Rollback rollback) {
    RollbackRow row = rows.findById(rollback.id()).orElseThrow();
    row.progress(rollback);
    rows.save(row);
    // One that ends makes room for the next one at once.
    rows.flush();
  }

  @Override
  public Optional<Rollback> find(UUID id) {
    return rows.findById(id).map(RollbackRow::rollback);
  }

  @Override
  public Optional<Rollback> ofTransition(UUID transition) {
    return rows.findByTransitionId(transition).map(RollbackRow::rollback);
  }

  @Override
  public Optional<Rollback> moving(ModelId model) {
    return rows.findFirstByModelIdAndStateOrderByStartedAtDescIdDesc(
            model.slug(), Rollback.State.MOVING)
        .map(RollbackRow::rollback);
  }

  @Override
  public List<Rollback> list(ModelId model, Optional<UUID> after, int limit) {
    Optional<RollbackRow> last =
        after.flatMap(rows::findById).filter(row -> row.modelId.equals(model.slug()));
    return rows
        .list(
            model.slug(),
            last.map(row -> row.startedAt).orElse(END_OF_TIME),
            last.map(row -> row.id).orElse(NO_ID),
            Limit.of(limit))
        .stream()
        .map(RollbackRow::rollback)
        .toList();
  }

  @Override
  public void dueIn(UUID id, Duration wait) {
    rows.dueIn(id, wait.toMillis());
  }
}
