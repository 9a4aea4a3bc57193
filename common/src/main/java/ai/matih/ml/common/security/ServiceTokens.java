package ai.matih.ml.common.security;

import ai.matih.ml.common.tenant.Tenant;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tokens with which this service speaks for itself, made once per few minutes. */
public final class ServiceTokens {

  private static final Duration VALIDITY = Duration.ofMinutes(5);
  private static final int MAX_KEPT = 10_000;

  private record Key(Tenant tenant, Optional<String> onBehalfOf) {}

  private record Made(String token, Instant freshUntil) {}

  private final TokenSigner signer;
  private final Clock clock;
  private final Cache<Key, Made> made = Caffeine.newBuilder().maximumSize(MAX_KEPT).build();

  public ServiceTokens(TokenSigner signer, Clock clock) {
    this.signer = signer;
    this.clock = clock;
  }

  /**
   * @param onBehalfOf the principal whose work is done, for audit and four-eyes rules
   */
  public String forTenant(Tenant tenant, Optional<String> onBehalfOf) {
    Instant now = clock.instant();
    return made.asMap()
        .compute(
            new Key(tenant, onBehalfOf),
            (key, known) ->
                known != null && now.isBefore(known.freshUntil()) ? known : make(key, now))
        .token();
  }

  private Made make(Key key, Instant now) {
    String token =
        signer.sign(
            key.tenant(),
            "service:" + signer.issuer(),
            Set.of(Role.SERVICE),
            VALIDITY,
            key.onBehalfOf()
                .<Map<String, Object>>map(who -> Map.of(TokenClaims.ON_BEHALF_OF, who))
                .orElse(Map.of()));
    return new Made(token, now.plus(VALIDITY.minusMinutes(1)));
  }
}
