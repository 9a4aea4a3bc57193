package ai.matih.ml.registry.emergency.store;

import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.emergency.Rollback;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Condition;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

@Entity
@Table(name = "rollback")
@SuppressWarnings("NullAway.Init")
class RollbackRow {

  @Id UUID id;
  @TenantId String tenant;
  String modelId;
  int fromVersion;
  int toVersion;
  UUID transitionId;

  @Enumerated(EnumType.STRING)
  Rollback.State state;

  String startedBy;
  String reason;
  Instant startedAt;
  @Nullable Instant endedAt;

  @JdbcTypeCode(SqlTypes.JSON)
  String conditions;

  @Column(updatable = false)
  Instant nextCheckAt;

  static RollbackRow of(Rollback rollback) {
    RollbackRow row = new RollbackRow();
    row.id = rollback.id();
    row.modelId = rollback.model().slug();
    row.fromVersion = rollback.from().value();
    row.toVersion = rollback.to().value();
    row.transitionId = rollback.transition();
    row.startedBy = rollback.by();
    row.reason = rollback.reason();
    row.startedAt = rollback.startedAt();
    row.nextCheckAt = rollback.startedAt();
    row.progress(rollback);
    return row;
  }

  /** Takes over what changes in the life of a roll-back. */
  final void progress(Rollback rollback) {
    state = rollback.state();
    endedAt = rollback.endedAt().orElse(null);
    conditions = Json.write(rollback.conditions());
  }

  Rollback rollback() {
    return new Rollback(
        id,
        new ModelId(modelId),
        new VersionNumber(fromVersion),
        new VersionNumber(toVersion),
        transitionId,
        state,
        startedBy,
        reason,
        startedAt,
        Optional.ofNullable(endedAt),
        Json.read(conditions, new TypeReference<List<Condition>>() {}));
  }
}
