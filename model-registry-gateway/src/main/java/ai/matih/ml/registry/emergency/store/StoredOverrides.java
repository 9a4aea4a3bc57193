package ai.matih.ml.registry.emergency.store;

import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.emergency.Overrides;
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
class StoredOverrides implements Overrides {

  private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");
  private static final UUID NO_ID = new UUID(0, 0);

  private final OverrideRows rows;

  StoredOverrides(OverrideRows rows) {
    this.rows = rows;
  }

  @Override
  public void add(OverrideRecord override) {
    rows.save(OverrideRow.of(override));
  }

  @Override
  public void save(OverrideRecord override) {
    OverrideRow row = rows.findById(override.id()).orElseThrow();
    row.progress(override);
    rows.save(row);
  }

  @Override
  public Optional<OverrideRecord> find(UUID id) {
    return rows.findById(id).map(OverrideRow::override);
  }

  @Override
  public Optional<OverrideRecord> ofTransition(UUID transition) {
    return rows.findByTransitionId(transition).map(OverrideRow::override);
  }

  @Override
  public List<OverrideRecord> of(ModelId model) {
    return rows.findByModelIdOrderByOverriddenAtAscIdAsc(model.slug()).stream()
        .map(OverrideRow::override)
        .toList();
  }

  @Override
  public List<OverrideRecord> list(
      Optional<UUID> after, Optional<OverrideRecord.State> state, int limit) {
    Optional<OverrideRow> last = after.flatMap(rows::findById);
    return rows
        .list(
            state.orElse(null),
            last.map(row -> row.overriddenAt).orElse(END_OF_TIME),
            last.map(row -> row.id).orElse(NO_ID),
            Limit.of(limit))
        .stream()
        .map(OverrideRow::override)
        .toList();
  }

  @Override
  public void dueIn(UUID id, Duration wait) {
    rows.dueIn(id, wait.toMillis());
  }
}
