package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Approval;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Requester;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.Transition.Ended;
import ai.matih.ml.registry.promotion.TransitionState;
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
@Table(name = "transition")
@SuppressWarnings("NullAway.Init")
class TransitionRow {

  @Id UUID id;
  @TenantId String tenant;
  String modelId;
  int version;

  @Enumerated(EnumType.STRING)
  Stage fromStage;

  @Enumerated(EnumType.STRING)
  Stage targetStage;

  @Enumerated(EnumType.STRING)
  TransitionState state;

  String requestedBy;
  boolean requesterIsAdmin;
  boolean retiresModel;
  @Nullable String requestKey;
  @Nullable String reason;
  int policyRevision;
  Instant requestedAt;
  Instant expiresAt;
  @Nullable Instant endedAt;
  @Nullable String endedBy;
  @Nullable String endReason;

  @JdbcTypeCode(SqlTypes.JSON)
  String conditions;

  @jakarta.persistence.Column(updatable = false)
  Instant nextCheckAt;

  static TransitionRow of(Transition transition) {
    TransitionRow row = new TransitionRow();
    row.id = transition.id();
    row.modelId = transition.model().slug();
    row.version = transition.version().value();
    row.fromStage = transition.from();
    row.targetStage = transition.to();
    row.retiresModel = transition.retiresModel();
    row.requestedBy = transition.requester().principal();
    row.requesterIsAdmin = transition.requester().admin();
    row.requestKey = transition.requestKey().orElse(null);
    row.reason = transition.reason().orElse(null);
    row.policyRevision = transition.policyRevision();
    row.requestedAt = transition.requestedAt();
    row.expiresAt = transition.expiresAt();
    row.nextCheckAt = transition.requestedAt();
    row.progress(transition);
    return row;
  }

  /** Takes over what changes in the life of a transition. */
  final void progress(Transition transition) {
    state = transition.state();
    conditions = Json.write(transition.conditions());
    endedAt = transition.ended().map(Ended::at).orElse(null);
    endedBy = transition.ended().map(Ended::by).orElse(null);
    endReason = transition.ended().map(Ended::reason).orElse(null);
  }

  Transition transition(List<Approval> approvals) {
    return new Transition(
        id,
        new ModelId(modelId),
        new VersionNumber(version),
        fromStage,
        targetStage,
        retiresModel,
        state,
        new Requester(requestedBy, requesterIsAdmin),
        Optional.ofNullable(requestKey),
        Optional.ofNullable(reason),
        policyRevision,
        requestedAt,
        expiresAt,
        Optional.ofNullable(endedAt)
            .map(
                at ->
                    new Ended(
                        at, Objects.requireNonNull(endedBy), Objects.requireNonNull(endReason))),
        Json.read(conditions, new TypeReference<List<Condition>>() {}),
        approvals);
  }
}
