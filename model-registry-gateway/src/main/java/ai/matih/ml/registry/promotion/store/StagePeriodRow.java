package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StagePeriod;
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

/** In a table of the old name: replicas of two releases may run side by side. */
@Entity
@Table(name = "stage_spell")
@SuppressWarnings("NullAway.Init")
class StagePeriodRow {

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

  static StagePeriodRow of(StagePeriod period) {
    StagePeriodRow row = new StagePeriodRow();
    row.id = UUID.randomUUID();
    row.modelId = period.model().slug();
    row.version = period.version().value();
    row.stage = period.stage();
    row.superseded = period.superseded();
    row.fromAt = period.from();
    row.untilAt = period.until().orElse(null);
    row.transitionId = period.transition().orElse(null);
    row.actor = period.actor();
    row.reason = period.reason().orElse(null);
    return row;
  }

  StagePeriod period() {
    return new StagePeriod(
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
