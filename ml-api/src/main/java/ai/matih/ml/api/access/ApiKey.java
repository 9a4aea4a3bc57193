package ai.matih.ml.api.access;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What the platform knows about a key.
 *
 * @param hash SHA-256 of the secret in hex
 * @param request fingerprint of the request that made it, when that may be repeated
 * @param lastUsedAt to within a minute
 */
public record ApiKey(
    UUID id,
    Tenant tenant,
    String name,
    Principal principal,
    Role role,
    String hash,
    String createdBy,
    Optional<String> request,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> lastUsedAt,
    Optional<Instant> revokedAt) {

  /** Whether it opens the door at an instant. */
  public boolean isValid(Instant now) {
    return revokedAt.isEmpty() && now.isBefore(expiresAt);
  }
}
