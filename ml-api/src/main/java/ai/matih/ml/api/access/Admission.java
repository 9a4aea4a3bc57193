package ai.matih.ml.api.access;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import java.util.Set;

/**
 * A caller that was let in.
 *
 * @param limitedAs names the caller in the rate limits: a key's id or a principal
 * @param token the internal token for the way through the suite
 */
public record Admission(Tenant tenant, String limitedAs, Set<Role> roles, String token) {

  public Admission {
    roles = Set.copyOf(roles);
  }

  /** Code inside a training job, which may use little. */
  public boolean isJob() {
    return roles.contains(Role.JOB);
  }
}
