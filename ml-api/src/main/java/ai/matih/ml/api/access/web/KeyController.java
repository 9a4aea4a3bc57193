package ai.matih.ml.api.access.web;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.access.ApiKey;
import ai.matih.ml.api.access.ApiKeys;
import ai.matih.ml.api.access.KeySecret;
import ai.matih.ml.api.access.MakeKey;
import ai.matih.ml.api.access.Principal;
import ai.matih.ml.api.access.RequestFingerprint;
import ai.matih.ml.api.access.RevokeKey;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.web.Answers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/ml/keys")
@Tag(name = "keys", description = "API keys of a tenant; for its administrators.")
class KeyController {

  private final MakeKey make;
  private final RevokeKey revoke;
  private final ApiKeys keys;

  KeyController(MakeKey make, RevokeKey revoke, ApiKeys keys) {
    this.make = make;
    this.revoke = revoke;
    this.keys = keys;
  }

  /**
   * What to make.
   *
   * @param name for people to tell keys apart
   * @param principal whose acts the key's calls are; the caller's own when absent
   * @param tenant another tenant than the caller's; for administrators of the tenant default only
   */
  record KeyWanted(
      @NotBlank
          @Size(max = 100)
          @Pattern(regexp = "[\\P{Cntrl}]*", message = "must not have control characters")
          String name,
      @NotNull String role,
      @Nullable Principal principal,
      @Nullable String tenant,
      @Nullable Instant expiresAt) {}

  /**
   * A key.
   *
   * @param key the secret; only in the answer that makes it
   */
  record KeyView(
      UUID id,
      @Nullable String key,
      String name,
      String role,
      String tenant,
      String principal,
      String createdBy,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable Instant revokedAt) {

    static KeyView of(ApiKey key, @Nullable String secret) {
      return new KeyView(
          key.id(),
          secret,
          key.name(),
          key.role().wire(),
          key.tenant().slug(),
          key.principal().name(),
          key.createdBy(),
          key.createdAt(),
          key.expiresAt(),
          key.lastUsedAt().orElse(null),
          key.revokedAt().orElse(null));
    }
  }

  @PostMapping
  @Allow(Permission.KEYS_MANAGE)
  @Operation(
      summary = "Make an API key",
      description =
          "The secret is in this answer and nowhere else. A repeat with the same Idempotency-Key makes"
              + " no second key and shows the first one without its secret: when the answer was lost,"
              + " revoke the key and make another. The first key of a tenant makes the tenant.")
  @Answers(201)
  ResponseEntity<KeyView> make(
      @Valid @RequestBody KeyWanted wanted,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
      Caller caller) {
    MakeKey.Made made =
        make.make(
            new MakeKey.Wanted(
                wanted.name(),
                role(wanted.role()),
                Optional.ofNullable(wanted.principal()),
                Optional.ofNullable(wanted.tenant()).map(KeyController::tenant),
                Optional.ofNullable(wanted.expiresAt()),
                Optional.ofNullable(idempotencyKey)
                    .map(key -> RequestFingerprint.of(caller, "keys", key))),
            caller);
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.created(URI.create("/api/v1/ml/keys/" + made.key().id()))
            .header("Cache-Control", "no-store");
    if (made.secret().isEmpty()) {
      answer.header("Idempotent-Replayed", "true");
    }
    return answer.body(KeyView.of(made.key(), made.secret().map(KeySecret::text).orElse(null)));
  }

  @GetMapping
  @Allow(Permission.KEYS_MANAGE)
  @Operation(
      summary = "List API keys",
      description = "Newest first, also expired and revoked ones; never a secret.")
  Page<KeyView> list(
      @RequestParam(name = "tenant", required = false) @Nullable String tenant,
      PageRequest page,
      Caller caller) {
    return TenantScope.call(
        scope(tenant, caller), () -> keys.page(page).map(key -> KeyView.of(key, null)));
  }

  @DeleteMapping("/{id}")
  @Allow(Permission.KEYS_MANAGE)
  @Operation(
      summary = "Revoke an API key",
      description = "It stops working within five seconds. Repeatable.")
  @Answers(204)
  ResponseEntity<Void> revoke(
      @PathVariable("id") String id,
      @RequestParam(name = "tenant", required = false) @Nullable String tenant,
      Caller caller) {
    TenantScope.run(scope(tenant, caller), () -> revoke.revoke(id(id)));
    return ResponseEntity.noContent().build();
  }

  private static Tenant scope(@Nullable String tenant, Caller caller) {
    if (tenant == null || tenant.equals(caller.tenant().slug())) {
      return caller.tenant();
    }
    if (!caller.tenant().equals(MakeKey.PLATFORM)) {
      throw new Problem(
          ApiError.FOREIGN_TENANT, "Keys of another tenant belong to its own administrators.");
    }
    return tenant(tenant);
  }

  private static Tenant tenant(String slug) {
    try {
      return new Tenant(slug);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("tenant", String.valueOf(e.getMessage()));
    }
  }

  private static Role role(String wire) {
    return Role.ofWire(wire.toLowerCase(Locale.ROOT))
        .filter(Role::isAssignable)
        .orElseThrow(
            () ->
                Problem.invalid(
                    "role",
                    "must be one of viewer, data-scientist, ml-engineer, reviewer, operator, admin, inference"));
  }

  private static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new Problem(ApiError.KEY_NOT_FOUND, "The tenant has no such key.");
    }
  }
}
