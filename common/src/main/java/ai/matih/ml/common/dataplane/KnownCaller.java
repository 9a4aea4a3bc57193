package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.security.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * A caller whose credential was checked, with what every request would work out again.
 *
 * @param token as it was verified; work on other threads speaks with it
 * @param permissions those of all its roles
 * @param seenAt when the credential was last found to be valid
 * @param until when it has to be checked again
 * @param limits how often it may ask; null for a service, which has counted its callers itself
 */
record KnownCaller(
    Caller caller,
    Jwt token,
    Set<Permission> permissions,
    Instant seenAt,
    Instant until,
    KeyCheck.@Nullable Known limits) {

  /** With an internal token, which says itself how long it is valid. */
  static KnownCaller byToken(Jwt token, Instant now, Instant until) {
    return of(token, now, until, null);
  }

  /** With a credential that the door has checked. */
  static KnownCaller byKey(Jwt token, Instant now, Duration trust, KeyCheck.Known limits) {
    return of(token, now, now.plus(trust), limits);
  }

  private static KnownCaller of(
      Jwt token, Instant now, Instant until, KeyCheck.@Nullable Known limits) {
    Caller caller = Caller.of(token);
    EnumSet<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Role role : caller.roles()) {
      permissions.addAll(role.permissions());
    }
    return new KnownCaller(caller, token, permissions, now, until, limits);
  }

  boolean isByKey() {
    return limits != null;
  }

  /** Trusted for longer, since nobody can be asked. */
  KnownCaller trustedUntil(Instant later) {
    return new KnownCaller(caller, token, permissions, seenAt, later, limits);
  }
}
