package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

/** Who sends a request, by its {@code Authorization} header as it was sent. */
final class Callers {

  private static final int MOST = 10_000;
  private static final String SCHEME = "Bearer ";

  private final JwtDecoder tokens;
  private final Clock clock;
  private final Cache<String, KnownCaller> known = Caffeine.newBuilder().maximumSize(MOST).build();

  Callers(JwtDecoder tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /** Whether the header names anybody at all. */
  static boolean isCredential(@Nullable String authorization) {
    return authorization != null
        && authorization.length() > SCHEME.length()
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /** Somebody whose credential was checked not long ago; never waits. */
  @Nullable KnownCaller known(String authorization) {
    KnownCaller caller = known.getIfPresent(authorization);
    return caller != null && clock.instant().isBefore(caller.until()) ? caller : null;
  }

  /** Checks a credential; may take a while. */
  KnownCaller check(String authorization) {
    Jwt token;
    try {
      token = tokens.decode(authorization.substring(SCHEME.length()).strip());
    } catch (JwtException e) {
      throw unknown();
    }
    Instant end = Objects.requireNonNull(token.getExpiresAt());
    KnownCaller caller = KnownCaller.of(token, end);
    known.put(authorization, caller);
    return caller;
  }

  static Problem unknown() {
    return new Problem(
        CommonError.UNAUTHENTICATED,
        "Send 'Authorization: Bearer <key>' with a valid API key or token.");
  }
}
