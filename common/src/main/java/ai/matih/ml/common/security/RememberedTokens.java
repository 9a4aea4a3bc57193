package ai.matih.ml.common.security;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
  private final Map<String, Jwt> verified =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Jwt> eldest) {
          return size() > MOST;
        }
      };

  RememberedTokens(JwtDecoder verification, Clock clock) {
    this.verification = verification;
    this.clock = clock;
  }

  @Override
  public Jwt decode(String token) {
    Jwt known = known(token);
    if (known != null) {
      return known;
    }
    Jwt jwt = verification.decode(token);
    synchronized (verified) {
      verified.put(token, jwt);
    }
    return jwt;
  }

  private @Nullable Jwt known(String token) {
    synchronized (verified) {
      Jwt jwt = verified.get(token);
      Instant end = jwt == null ? null : jwt.getExpiresAt();
      if (end == null || !clock.instant().isBefore(end)) {
        // The verification itself says what is wrong with an expired one.
        verified.remove(token);
        return null;
      }
      return jwt;
    }
  }
}
