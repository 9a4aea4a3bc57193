package ai.matih.ml.api.access;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Keys in memory, which can be away. */
public final class InMemoryApiKeys implements ApiKeys {
  private final Map<String, ApiKey> byHash = new HashMap<>();
  final Map<UUID, Instant> used = new HashMap<>();
  final Set<Tenant> tenants = new HashSet<>();
  boolean away;
  int looks;

  @Override
  public Optional<ApiKey> byHash(String hash) {
    if (away) {
      throw new StoreAway(new IllegalStateException("away"));
    }
    looks++;
    return Optional.ofNullable(byHash.get(hash));
  }

  @Override
  public Optional<ApiKey> byId(UUID id) {
    return byHash.values().stream().filter(key -> key.id().equals(id)).findFirst();
  }

  @Override
  public Optional<ApiKey> byRequest(String request) {
    return byHash.values().stream()
        .filter(key -> key.request().equals(Optional.of(request)))
        .findFirst();
  }

  @Override
  public Page<ApiKey> page(PageRequest request) {
    return new Page<>(byHash.values().stream().toList(), Optional.empty());
  }

  @Override
  public long countValid(Instant now) {
    return byHash.values().stream().filter(key -> key.isValid(now)).count();
  }

  @Override
  public void add(ApiKey key) {
    if (key.request().flatMap(this::byRequest).isPresent()) {
      throw new MadeAlready(new IllegalStateException("twice"));
    }
    byHash.put(key.hash(), key);
  }

  @Override
  public void revoke(UUID id, Instant now) {
    byHash.replaceAll(
        (_, key) -> key.id().equals(id) && key.revokedAt().isEmpty() ? revoked(key, now) : key);
  }

  @Override
  public void used(Map<UUID, Instant> lastUses) {
    used.putAll(lastUses);
  }

  @Override
  public void addTenant(Tenant tenant, Instant now) {
    tenants.add(tenant);
  }

  private static ApiKey revoked(ApiKey key, Instant now) {
    return new ApiKey(
        key.id(),
        key.tenant(),
        key.name(),
        key.principal(),
        key.role(),
        key.hash(),
        key.createdBy(),
        key.request(),
        key.createdAt(),
        key.expiresAt(),
        key.lastUsedAt(),
        Optional.of(now));
  }
}
