package ai.matih.ml.registry.emergency.store;

import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.emergency.OverrideRecord.Settled;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Requester;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

@Entity
@Table(name = "gate_override")
@SuppressWarnings("NullAway.Init")
class OverrideRow {

  @Id UUID id;
  @TenantId String tenant;
  String modelId;
  int version;
  UUID transitionId;

  @Enumerated(EnumType.STRING)
  Stage fromStage;

  @Enumerated(EnumType.STRING)
  Stage targetStage;

  String requestedBy;
  boolean requesterIsAdmin;
  String overriddenBy;
  String reason;

  @JdbcTypeCode(SqlTypes.JSON)
  @Column(updatable = false)
  String skipped;

  Instant overriddenAt;
  Instant confirmBy;

  @Enumerated(EnumType.STRING)
  OverrideRecord.State state;

  @Nullable Instant settledAt;
  @Nullable String settledBy;
  @Nullable String settledComment;

  @Enumerated(EnumType.STRING)
  OverrideRecord.Undo undo;

  @Column(updatable = false)
  Instant nextCheckAt;

  static OverrideRow of(OverrideRecord override) {
    OverrideRow row = new OverrideRow();
    row.id = override.id();
    row.modelId = override.model().slug();
    row.version = override.version().value();
    row.transitionId = override.transition();
    row.fromStage = override.from();
    row.targetStage = override.to();
    row.requestedBy = override.requester().principal();
    row.requesterIsAdmin = override.requester().admin();
    row.overriddenBy = override.by();
    row.reason = override.reason();
    row.skipped = Json.write(override.skipped());
    row.overriddenAt = override.at();
    row.confirmBy = override.confirmBy();
    row.nextCheckAt = override.confirmBy();
    row.progress(override);
    return row;
  }

  /** Takes over what became of it. */
  final void progress(OverrideRecord override) {
    state = override.state();
    settledAt = override.settled().map(Settled::at).orElse(null);
    settledBy = override.settled().map(Settled::by).orElse(null);
    settledComment = override.settled().flatMap(Settled::comment).orElse(null);
    undo = override.undo();
  }

  OverrideRecord override() {
    return new OverrideRecord(
        id,
        new ModelId(modelId),
        new VersionNumber(version),
        transitionId,
        fromStage,
        targetStage,
        new Requester(requestedBy, requesterIsAdmin),
        overriddenBy,
        reason,
        Json.read(skipped, new TypeReference<List<Condition>>() {}),
        overriddenAt,
        confirmBy,
        state,
        Optional.ofNullable(settledAt)
            .map(
                at ->
                    new Settled(
                        at,
                        Objects.requireNonNull(settledBy),
                        Optional.ofNullable(settledComment))),
        undo);
  }
}
