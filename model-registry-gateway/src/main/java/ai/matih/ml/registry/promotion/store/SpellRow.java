package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StageHistory.Spell;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "stage_spell")
@SuppressWarnings("NullAway.Init")
class SpellRow {

  @Id UUID id;
  @TenantId String tenant;
  String modelId;
  int version;

  @Enumerated(EnumType.STRING)
  Stage stage;

  boolean superseded;
  Instant fromAt;
  @Nullable Instant untilAt;
  @Nullable UUID transitionId;
  String actor;
  @Nullable String reason;

  static SpellRow of(Spell spell) {
    SpellRow row = new SpellRow();
    row.id = UUID.randomUUID();
    row.modelId = spell.model().slug();
    row.version = spell.version().value();
    row.stage = spell.stage();
    row.superseded = spell.superseded();
    row.fromAt = spell.from();
    row.untilAt = spell.until().orElse(null);
    row.transitionId = spell.transition().orElse(null);
    row.actor = spell.actor();
    row.reason = spell.reason().orElse(null);
    return row;
  }

  Spell spell() {
    return new Spell(
        new ModelId(modelId),
        new VersionNumber(version),
        stage,
        superseded,
        fromAt,
        Optional.ofNullable(untilAt),
        Optional.ofNullable(transitionId),
        actor,
        Optional.ofNullable(reason));
  }
}
