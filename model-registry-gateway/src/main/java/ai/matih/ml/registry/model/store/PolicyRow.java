package ai.matih.ml.registry.model.store;

import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.PolicyRevision;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.SqlTypes;

@Entity
@Table(name = "policy")
@SuppressWarnings("NullAway.Init")
class PolicyRow {

  @Id UUID key;
  @TenantId String tenant;
  String modelId;
  int revision;

  @JdbcTypeCode(SqlTypes.JSON)
  String document;

  String changedBy;
  Instant changedAt;

  static PolicyRow of(PolicyRevision policy) {
    PolicyRow row = new PolicyRow();
    row.key = UUID.randomUUID();
    row.modelId = policy.model().slug();
    row.revision = policy.revision();
    row.document = Json.write(policy.policy());
    row.changedBy = policy.changedBy();
    row.changedAt = policy.changedAt();
    return row;
  }

  PolicyRevision policy() {
    return new PolicyRevision(
        new ModelId(modelId), revision, Json.read(document, Policy.class), changedBy, changedAt);
  }
}
