package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.security.Role;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * A caller whose credential was checked, with what every request would work out again.
 *
 * @param token as it was verified; work on other threads speaks with it
 * @param permissions those of all its roles
 * @param until when it has to be checked again
 */
record KnownCaller(Caller caller, Jwt token, Set<Permission> permissions, Instant until) {

  static KnownCaller of(Jwt token, Instant until) {
    Caller caller = Caller.of(token);
    EnumSet<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Role role : caller.roles()) {
      permissions.addAll(role.permissions());
    }
    return new KnownCaller(caller, token, permissions, until);
  }
}
