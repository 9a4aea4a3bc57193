package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.limit.RequestLimits;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

/**
 * Who sends a request, by its {@code Authorization} header as it was sent.
 *
 * <p>Tokens of the suite are verified here. An API key or a token of somebody else is the door's to
 * judge: it is asked once and again every two seconds while the key is used, without anybody
 * waiting for it. A revoked key is refused after five seconds at most. While the door is away, keys
 * that were valid go on for ten minutes; unknown ones wait outside.
 */
final class Callers {

  static final Duration FRESH = Duration.ofSeconds(2);
  static final Duration TRUSTED = Duration.ofSeconds(5);
  static final Duration TRUSTED_ALONE = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(Callers.class);
  private static final int MOST = 10_000;
  private static final int LOCKS = 64;
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";
  private static final String KEY = "mlk_";

  private final JwtDecoder tokens;
  private final KeyCheck keys;
  private final double failuresPerSecond;
  private final Clock clock;
  private final Cache<String, KnownCaller> known = Caffeine.newBuilder().maximumSize(MOST).build();
  private final Set<String> refreshing = ConcurrentHashMap.newKeySet();
  private final ReentrantLock[] checking =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(ReentrantLock[]::new);
  private final RequestLimits<Who> limits = new RequestLimits<>(System::nanoTime);

  /** Whose requests are counted together. */
  private record Who(String kind, String name) {}

  /**
   * @param failuresPerSecond wrong credentials that one address may send
   */
  Callers(JwtDecoder tokens, KeyCheck keys, double failuresPerSecond, Clock clock) {
    this.tokens = tokens;
    this.keys = keys;
    this.failuresPerSecond = failuresPerSecond;
    this.clock = clock;
  }

  /** Whether the header names anybody at all. */
  static boolean isCredential(@Nullable String authorization) {
    return authorization != null && (isOf(BEARER, authorization) || isOf(BASIC, authorization));
  }

  private static boolean isOf(String scheme, String authorization) {
    return authorization.length() > scheme.length()
        && authorization.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  /** Somebody whose credential was checked not long ago; never waits. */
  @Nullable KnownCaller known(String authorization) {
    KnownCaller caller = known.getIfPresent(authorization);
    if (caller == null) {
      return null;
    }
    Instant now = clock.instant();
    if (!now.isBefore(caller.until())) {
      return null;
    }
    if (caller.isByKey()
        && !now.isBefore(caller.seenAt().plus(FRESH))
        && refreshing.add(authorization)) {
      Thread.startVirtualThread(() -> refresh(authorization));
    }
    return caller;
  }

  private void refresh(String authorization) {
    try {
      ask(authorization);
    } catch (Problem unknown) {
      // It was forgotten; whoever sends it next is told.
    } catch (RuntimeException e) {
      log.warn("a known key could not be checked again: {}", e.toString());
    } finally {
      refreshing.remove(authorization);
    }
  }

  /**
   * Checks a credential; may take a while.
   *
   * @param address of the caller; one that sends many wrong credentials is held up
   * @throws EngineFailure.Unavailable when only the door could say, and it is away
   */
  KnownCaller check(String authorization, String address) {
    Optional<Jwt> own = own(authorization);
    if (own.isPresent()) {
      Instant end = Objects.requireNonNull(own.get().getExpiresAt());
      KnownCaller caller = KnownCaller.byToken(own.get(), clock.instant(), end);
      known.put(authorization, caller);
      return caller;
    }
    ReentrantLock lock = checking[Math.floorMod(authorization.hashCode(), LOCKS)];
    lock.lock();
    try {
      // Somebody else may have asked meanwhile.
      KnownCaller caller = known(authorization);
      return caller != null ? caller : ask(authorization);
    } catch (Problem unknown) {
      limits.count(
          new Who("address", address),
          failuresPerSecond,
          "Too many calls with wrong credentials from this address.");
      throw unknown;
    } finally {
      lock.unlock();
    }
  }

  /** A token that one of the suite's services has signed. */
  private Optional<Jwt> own(String authorization) {
    if (!isOf(BEARER, authorization) || authorization.startsWith(KEY, BEARER.length())) {
      return Optional.empty();
    }
    try {
      return Optional.of(tokens.decode(authorization.substring(BEARER.length()).strip()));
    } catch (JwtException e) {
      return Optional.empty();
    }
  }

  private KnownCaller ask(String authorization) {
    Instant now = clock.instant();
    try {
      KeyCheck.Known admitted =
          keys.check(authorization)
              .orElseThrow(
                  () -> {
                    known.invalidate(authorization);
                    return unknown();
                  });
      KnownCaller caller =
          KnownCaller.byKey(tokens.decode(admitted.token()), now, TRUSTED, admitted);
      known.put(authorization, caller);
      return caller;
    } catch (EngineFailure.Unavailable away) {
      KnownCaller before = known.getIfPresent(authorization);
      if (before == null || !now.isBefore(before.seenAt().plus(TRUSTED_ALONE))) {
        throw away;
      }
      KnownCaller trusted = before.trustedUntil(now.plus(TRUSTED));
      known.put(authorization, trusted);
      return trusted;
    }
  }

  /**
   * Counts a request.
   *
   * @throws Problem 429 when the key or its tenant asks too often
   */
  void count(KnownCaller caller) {
    KeyCheck.Known limited = caller.limits();
    if (limited != null) {
      limits.count(
          new Who("key", limited.limitedAs()), limited.perKey(), "This key asks too often.");
      limits.count(
          new Who("tenant", caller.caller().tenant().slug()),
          limited.perTenant(),
          "This tenant asks too often.");
    }
  }

  static Problem unknown() {
    return new Problem(
        CommonError.UNAUTHENTICATED,
        "Send 'Authorization: Bearer <key>' with a valid API key or token.");
  }
}
