package ai.matih.ml.common.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Instant;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * Verifies a token once instead of with every request that carries it: the door and the services
 * send the same short-lived token for many calls, and checking a signature costs more than most
 * reads. A token is forgotten when it expires; a refused one is never remembered.
 */
final class RememberedTokens implements JwtDecoder {

  private static final int MOST = 1_000;

  private final JwtDecoder verification;
  private final Clock clock;
  private final Cache<String, Jwt> verified = Caffeine.newBuilder().maximumSize(MOST).build();

  RememberedTokens(JwtDecoder verification, Clock clock) {
    this.verification = verification;
    this.clock = clock;
  }

  @Override
  public Jwt decode(String token) {
    Jwt known = verified.getIfPresent(token);
    if (known != null && isAlive(known)) {
      return known;
    }
    // The verification itself says what is wrong with an expired one.
    Jwt jwt = verification.decode(token);
    verified.put(token, jwt);
    return jwt;
  }

  /** Evicts what is over the limit now; otherwise it happens a little later. */
  void cleanUp() {
    verified.cleanUp();
  }

  private boolean isAlive(Jwt jwt) {
    Instant end = jwt.getExpiresAt();
    return end != null && clock.instant().isBefore(end);
  }
}
