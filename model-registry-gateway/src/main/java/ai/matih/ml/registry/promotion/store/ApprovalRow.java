package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.promotion.Approval;
import ai.matih.ml.registry.promotion.Approval.Voided;
import ai.matih.ml.registry.promotion.ApprovalBasis;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "approval")
@SuppressWarnings("NullAway.Init")
class ApprovalRow {

  @Id UUID id;
  @TenantId String tenant;
  UUID transitionId;
  String approver;
  @Nullable String keyMadeBy;
  @Nullable String comment;
  String artifactDigest;
  String policyDigest;
  String evidenceDigest;
  UUID @Nullable [] reports;
  Instant approvedAt;
  @Nullable Instant voidedAt;
  @Nullable String voidReason;

  static ApprovalRow of(UUID transition, Approval approval) {
    ApprovalRow row = new ApprovalRow();
    row.id = approval.id();
    row.transitionId = transition;
    row.approver = approval.approver();
    row.keyMadeBy = approval.keyMadeBy().orElse(null);
    row.comment = approval.comment().orElse(null);
    row.artifactDigest = approval.basis().artifact().value();
    row.policyDigest = approval.basis().policy().value();
    row.evidenceDigest = approval.basis().evidence().value();
    row.reports = approval.basis().reports().map(ids -> ids.toArray(UUID[]::new)).orElse(null);
    row.approvedAt = approval.at();
    return row;
  }

  Approval approval() {
    return new Approval(
        id,
        approver,
        Optional.ofNullable(keyMadeBy),
        Optional.ofNullable(comment),
        new ApprovalBasis(
            new Digest(artifactDigest),
            new Digest(policyDigest),
            new Digest(evidenceDigest),
            Optional.ofNullable(reports).map(List::of)),
        approvedAt,
        Optional.ofNullable(voidedAt)
            .map(at -> new Voided(at, Objects.requireNonNull(voidReason))));
  }
}
