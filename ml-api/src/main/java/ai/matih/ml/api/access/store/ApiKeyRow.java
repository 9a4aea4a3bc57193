package ai.matih.ml.api.access.store;

import ai.matih.ml.api.access.ApiKey;
import ai.matih.ml.api.access.Principal;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "api_keys")
class ApiKeyRow {

  @Id private UUID id;
  @TenantId private String tenant;
  private String name;
  private String principal;
  private String role;
  private String hash;

  @Column(name = "created_by")
  private String createdBy;

  private @Nullable String request;

  @Column(name = "created_at")
  private Instant createdAt;

  @Column(name = "expires_at")
  private Instant expiresAt;

  @Column(name = "last_used_at")
  private @Nullable Instant lastUsedAt;

  @Column(name = "revoked_at")
  private @Nullable Instant revokedAt;

  /** For Hibernate. */
  @NullUnmarked
  protected ApiKeyRow() {}

  ApiKeyRow(ApiKey key) {
    this.id = key.id();
    this.tenant = key.tenant().slug();
    this.name = key.name();
    this.principal = key.principal().name();
    this.role = key.role().wire();
    this.hash = key.hash();
    this.createdBy = key.createdBy();
    this.request = key.request().orElse(null);
    this.createdAt = key.createdAt();
    this.expiresAt = key.expiresAt();
    this.lastUsedAt = key.lastUsedAt().orElse(null);
    this.revokedAt = key.revokedAt().orElse(null);
  }

  void revoke(Instant now) {
    if (revokedAt == null) {
      revokedAt = now;
    }
  }

  ApiKey toKey() {
    return new ApiKey(
        id,
        new Tenant(tenant),
        name,
        new Principal(principal),
        Role.ofWire(role).orElseThrow(() -> new IllegalStateException("unknown role " + role)),
        hash,
        createdBy,
        Optional.ofNullable(request),
        createdAt,
        expiresAt,
        Optional.ofNullable(lastUsedAt),
        Optional.ofNullable(revokedAt));
  }
}
