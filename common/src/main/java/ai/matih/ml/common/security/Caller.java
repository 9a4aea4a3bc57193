package ai.matih.ml.common.security;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * Who calls, as the verified token says. Controllers take it as an argument.
 *
 * @param principal for example {@code user:alice}, {@code service:training-orchestrator}, {@code
 *     job:…}
 * @param keyId the API key that was used, if one was
 * @param keyMadeBy who made that key; it may speak in another's name
 * @param onBehalfOf whose work a service does
 * @param job set for code inside a training job
 * @param token the internal token itself, to relay to another service
 */
public record Caller(
    Tenant tenant,
    String principal,
    Set<Role> roles,
    Optional<String> keyId,
    Optional<String> keyMadeBy,
    Optional<String> onBehalfOf,
    Optional<Job> job,
    String token) {

  /**
   * The training job that a job token belongs to.
   *
   * @param attempt writes of an older attempt than the current one are refused
   */
  public record Job(String jobId, int attempt, String runId) {}

  public Caller {
    roles = Set.copyOf(roles);
  }

  public boolean may(Permission permission) {
    return roles.stream().anyMatch(role -> role.may(permission));
  }

  /** The person or program whose act this is: the one a service acts for, or the caller. */
  public String actor() {
    return onBehalfOf.orElse(principal);
  }

  /** The caller of the current request. */
  public static Optional<Caller> current() {
    return SecurityContextHolder.getContext().getAuthentication()
            instanceof JwtAuthenticationToken jwt
        ? Optional.of(of(jwt.getToken()))
        : Optional.empty();
  }

  /** Reads a token that was verified already. */
  public static Caller of(Jwt jwt) {
    List<String> roles =
        Objects.requireNonNullElse(jwt.getClaimAsStringList(TokenClaims.ROLES), List.of());
    Optional<Job> job =
        Optional.ofNullable(jwt.getClaimAsString(TokenClaims.JOB_ID))
            .map(
                id ->
                    new Job(
                        id,
                        attempt(jwt),
                        Objects.requireNonNull(jwt.getClaimAsString(TokenClaims.RUN_ID))));
    return new Caller(
        new Tenant(Objects.requireNonNull(jwt.getClaimAsString(TokenClaims.TENANT))),
        Objects.requireNonNull(jwt.getSubject()),
        roles.stream().flatMap(wire -> Role.ofWire(wire).stream()).collect(Collectors.toSet()),
        Optional.ofNullable(jwt.getClaimAsString(TokenClaims.KEY_ID)),
        Optional.ofNullable(jwt.getClaimAsString(TokenClaims.KEY_MADE_BY)),
        Optional.ofNullable(jwt.getClaimAsString(TokenClaims.ON_BEHALF_OF)),
        job,
        jwt.getTokenValue());
  }

  private static int attempt(Jwt jwt) {
    // Nimbus reads numbers as long.
    Number attempt = Objects.requireNonNull(jwt.<Number>getClaim(TokenClaims.ATTEMPT));
    return attempt.intValue();
  }
}
