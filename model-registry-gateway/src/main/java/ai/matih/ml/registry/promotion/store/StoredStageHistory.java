package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StageHistory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredStageHistory implements StageHistory {

  private final SpellRows rows;

  StoredStageHistory(SpellRows rows) {
    this.rows = rows;
  }

  @Override
  public void begin(Spell spell) {
    rows.end(spell.model().slug(), spell.version().value(), spell.from());
    rows.save(SpellRow.of(spell));
  }

  @Override
  public List<Spell> at(ModelId model, Instant at) {
    return rows.at(model.slug(), at).stream().map(SpellRow::spell).toList();
  }

  @Override
  public List<Spell> of(ModelId model, VersionNumber version) {
    return rows.findByModelIdAndVersionOrderByFromAtAscIdAsc(model.slug(), version.value()).stream()
        .map(SpellRow::spell)
        .toList();
  }

  @Override
  public Optional<Spell> firstIn(ModelId model, Stage stage) {
    return rows.findFirstByModelIdAndStageOrderByFromAtAscIdAsc(model.slug(), stage)
        .map(SpellRow::spell);
  }

  @Override
  public List<Spell> begunBy(ModelId model, UUID transition) {
    return rows.findByModelIdAndTransitionIdOrderByVersionAsc(model.slug(), transition).stream()
        .map(SpellRow::spell)
        .toList();
  }
}
