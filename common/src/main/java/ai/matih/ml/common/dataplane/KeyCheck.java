package ai.matih.ml.common.dataplane;

import java.util.Optional;

/** Knows the callers whose credential only the door can check: API keys, and foreign tokens. */
public interface KeyCheck {

  /**
   * A caller that the door would let in.
   *
   * @param token the internal token that the door would send on
   * @param limitedAs names the caller in the rate limits
   * @param perKey requests per second that the caller may send
   * @param perTenant requests per second of all callers of the tenant
   */
  record Known(String token, String limitedAs, double perKey, double perTenant) {}

  /**
   * Asks; takes a round trip.
   *
   * @param authorization the header as it was sent
   * @return empty when the door would not let the caller in
   * @throws ai.matih.ml.common.http.EngineFailure.Unavailable when the door is away
   */
  Optional<Known> check(String authorization);
}
