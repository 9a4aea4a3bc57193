package ai.matih.ml.api.access;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Makes an API key, and with the first key of a tenant the tenant. */
public final class MakeKey {

  /** The tenant whose administrators run the platform. */
  public static final Tenant PLATFORM = new Tenant("default");

  /**
   * What is wanted.
   *
   * @param principal whose acts the key's calls are; the maker's own when absent
   * @param tenant the maker's own when absent
   * @param request fingerprint of a request that may be repeated
   */
  public record Wanted(
      String name,
      Role role,
      Optional<Principal> principal,
      Optional<Tenant> tenant,
      Optional<Instant> expiresAt,
      Optional<String> request) {}

  /**
   * The key.
   *
   * @param secret is nowhere else; absent when an earlier request with the same fingerprint made it
   */
  public record Made(ApiKey key, Optional<KeySecret> secret) {}

  private final ApiKeys keys;
  private final TenantWorkspaces workspaces;
  private final Transactions transactions;
  private final Audit audit;
  private final AccessSettings settings;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  public MakeKey(
      ApiKeys keys,
      TenantWorkspaces workspaces,
      Transactions transactions,
      Audit audit,
      AccessSettings settings,
      Clock clock) {
    this.keys = keys;
    this.workspaces = workspaces;
    this.transactions = transactions;
    this.audit = audit;
    this.settings = settings;
    this.clock = clock;
  }

  public Made make(Wanted wanted, Caller maker) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Tenant tenant = wanted.tenant().orElse(maker.tenant());
    if (!tenant.equals(maker.tenant()) && !maker.tenant().equals(PLATFORM)) {
      throw new Problem(
          ApiError.FOREIGN_TENANT, "Keys of another tenant are made by its own administrators.");
    }
    if (!wanted.role().isAssignable()) {
      throw Problem.invalid("role", "belongs to the suite's own parts");
    }
    Principal principal = wanted.principal().orElseGet(() -> own(maker));
    Instant expiresAt =
        wanted.expiresAt().orElse(now.plus(settings.keyLife())).truncatedTo(ChronoUnit.MICROS);
    if (!expiresAt.isAfter(now)
        || Duration.between(now, expiresAt).compareTo(settings.maxKeyLife()) > 0) {
      throw Problem.invalid(
          "expires_at",
          "must be in the future and at most " + settings.maxKeyLife().toDays() + " days away");
    }
    Optional<Made> before = made(wanted, tenant, principal);
    if (before.isPresent()) {
      return before.get();
    }
    workspaces.ensure(tenant);
    KeySecret secret = KeySecret.random(random);
    ApiKey key =
        new ApiKey(
            UUID.randomUUID(),
            tenant,
            wanted.name(),
            principal,
            wanted.role(),
            secret.sha256(),
            maker.actor(),
            wanted.request(),
            now,
            expiresAt,
            Optional.empty(),
            Optional.empty());
    try {
      TenantScope.run(tenant, () -> transactions.run(() -> store(key, now)));
    } catch (ApiKeys.MadeAlready twice) {
      return made(wanted, tenant, principal).orElseThrow(() -> twice);
    }
    return new Made(key, Optional.of(secret));
  }

  /** What an earlier request with the same fingerprint made. */
  private Optional<Made> made(Wanted wanted, Tenant tenant, Principal principal) {
    Optional<ApiKey> known =
        wanted
            .request()
            .flatMap(request -> TenantScope.call(tenant, () -> keys.byRequest(request)));
    if (known.isEmpty()) {
      return Optional.empty();
    }
    ApiKey key = known.get();
    boolean same =
        key.name().equals(wanted.name())
            && key.role() == wanted.role()
            && key.principal().equals(principal)
            && wanted
                .expiresAt()
                .map(at -> at.truncatedTo(ChronoUnit.MICROS).equals(key.expiresAt()))
                .orElse(true);
    if (!same) {
      throw new Problem(
          CommonError.IDEMPOTENCY_KEY_REUSED,
          "This idempotency key was used with another request; use a new one.");
    }
    return Optional.of(new Made(key, Optional.empty()));
  }

  private void store(ApiKey key, Instant now) {
    if (keys.countValid(now) >= settings.maxKeysPerTenant()) {
      throw new Problem(
          ApiError.KEY_LIMIT_REACHED,
          "The tenant has " + settings.maxKeysPerTenant() + " valid keys; revoke one first.");
    }
    keys.addTenant(key.tenant(), now);
    keys.add(key);
    audit.record(
        "key.made",
        "key:" + key.id(),
        Map.of("role", key.role().wire(), "principal", key.principal().name(), "name", key.name()));
  }

  private static Principal own(Caller maker) {
    try {
      return new Principal(maker.actor());
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(
          "principal", "is required when the caller is not a person or a program");
    }
  }
}
