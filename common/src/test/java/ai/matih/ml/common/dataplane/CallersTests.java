package ai.matih.ml.common.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Permission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;

class CallersTests {

  private static final String KEY = "Bearer mlk_" + "k".repeat(43);
  private static final String ADDRESS = "10.0.0.1";

  /** What the door says of a header; nothing when it is away. */
  private final Map<String, Optional<KeyCheck.Known>> door = new ConcurrentHashMap<>();

  private final AtomicInteger asked = new AtomicInteger();
  private final Time time = new Time();
  private final Callers callers = new Callers(this::decode, this::check, 5, time);
  private volatile boolean doorIsAway;

  private static final class Time extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private Optional<KeyCheck.Known> check(String authorization) {
    asked.incrementAndGet();
    if (doorIsAway) {
      throw new EngineFailure.Unavailable("api", "gone", Optional.empty());
    }
    return door.getOrDefault(authorization, Optional.empty());
  }

  private Jwt decode(String token) {
    if (!token.startsWith("token-of-")) {
      throw new BadJwtException("not ours");
    }
    return Jwt.withTokenValue(token)
        .header("kid", "ml-api")
        .subject("user:" + token.substring("token-of-".length()))
        .claim("tenant", "acme")
        .claim("roles", List.of("inference"))
        .expiresAt(time.instant().plusSeconds(300))
        .build();
  }

  private void admit(String authorization, double perKey) {
    door.put(
        authorization, Optional.of(new KeyCheck.Known("token-of-ann", "key-1", perKey, 1_000)));
  }

  private KnownCaller require(@Nullable KnownCaller caller) {
    return Objects.requireNonNull(caller, "nobody is known");
  }

  private void awaitAsked(int times) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (asked.get() < times) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void a_token_of_the_suite_needs_no_door() {
    KnownCaller caller = callers.check("Bearer token-of-bob", ADDRESS);

    assertThat(caller.caller().principal()).isEqualTo("user:bob");
    assertThat(caller.isByKey()).isFalse();
    assertThat(callers.known("Bearer token-of-bob")).isEqualTo(caller);
    assertThat(asked).hasValue(0);
    time.pass(Duration.ofSeconds(301));
    assertThat(callers.known("Bearer token-of-bob")).as("it has expired").isNull();
  }

  @Test
  void the_door_is_asked_once_for_a_key_and_its_roles_and_limits_hold() {
    admit(KEY, 2);

    KnownCaller caller = callers.check(KEY, ADDRESS);

    assertThat(caller.caller().principal()).isEqualTo("user:ann");
    assertThat(caller.permissions()).contains(Permission.PREDICTIONS_CREATE);
    assertThat(callers.known(KEY)).isEqualTo(caller);
    assertThat(asked).hasValue(1);
    for (int i = 0; i < 4; i++) {
      callers.count(caller);
    }
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> callers.count(caller))
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.RATE_LIMITED));
  }

  @Test
  void a_key_in_use_is_checked_again_without_anybody_waiting() {
    admit(KEY, 10);
    KnownCaller before = callers.check(KEY, ADDRESS);
    time.pass(Callers.FRESH);

    assertThat(callers.known(KEY)).as("nobody waits").isEqualTo(before);
    awaitAsked(2);
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (require(callers.known(KEY)).seenAt().equals(before.seenAt())) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  @Test
  void a_revoked_key_is_refused_after_five_seconds_at_most() {
    admit(KEY, 10);
    var _ = callers.check(KEY, ADDRESS);
    door.remove(KEY);

    time.pass(Callers.TRUSTED);

    assertThat(callers.known(KEY)).isNull();
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> callers.check(KEY, ADDRESS))
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.UNAUTHENTICATED));
  }

  @Test
  void known_keys_go_on_while_the_door_is_away_and_unknown_ones_wait() {
    admit(KEY, 10);
    var _ = callers.check(KEY, ADDRESS);
    doorIsAway = true;

    time.pass(Callers.TRUSTED_ALONE.minusSeconds(1));
    assertThat(callers.check(KEY, ADDRESS).caller().principal()).isEqualTo("user:ann");
    assertThat(callers.known(KEY)).isNotNull();
    assertThatExceptionOfType(EngineFailure.Unavailable.class)
        .isThrownBy(() -> callers.check("Bearer mlk_" + "x".repeat(43), ADDRESS));

    time.pass(Callers.TRUSTED_ALONE);
    assertThatExceptionOfType(EngineFailure.Unavailable.class)
        .as("not for ever")
        .isThrownBy(() -> callers.check(KEY, ADDRESS));

    doorIsAway = false;
    assertThat(callers.check(KEY, ADDRESS).caller().principal()).isEqualTo("user:ann");
  }

  @Test
  void an_address_that_guesses_is_held_up_and_others_are_not() {
    for (int i = 0; i < 10; i++) {
      String guess = "Bearer mlk_" + "g".repeat(42) + i;
      assertThatExceptionOfType(Problem.class)
          .isThrownBy(() -> callers.check(guess, ADDRESS))
          .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.UNAUTHENTICATED));
    }
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> callers.check("Bearer rubbish", ADDRESS))
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.RATE_LIMITED));
    admit(KEY, 10);
    assertThat(callers.check(KEY, ADDRESS).isByKey()).as("a right key passes").isTrue();
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> callers.check("Bearer rubbish", "10.0.0.2"))
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.UNAUTHENTICATED));
  }

  @Test
  void many_first_requests_of_a_key_ask_once() throws Exception {
    admit(KEY, 1_000);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<KnownCaller>> all =
          threads.invokeAll(
              IntStream.range(0, 100)
                  .<java.util.concurrent.Callable<KnownCaller>>mapToObj(
                      _ -> () -> callers.check(KEY, ADDRESS))
                  .toList());
      for (Future<KnownCaller> one : all) {
        assertThat(one.get().isByKey()).isTrue();
      }
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void a_password_may_hold_the_key_as_some_clients_send_it() {
    admit("Basic dTptbGtf", 10);

    assertThat(Callers.isCredential("Basic dTptbGtf")).isTrue();
    assertThat(callers.check("Basic dTptbGtf", ADDRESS).isByKey()).isTrue();
    assertThat(Callers.isCredential("Digest x")).isFalse();
    assertThat(Callers.isCredential("Bearer ")).isFalse();
    assertThat(Callers.isCredential(null)).isFalse();
  }
}
