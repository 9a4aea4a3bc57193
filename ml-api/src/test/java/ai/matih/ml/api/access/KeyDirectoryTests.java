package ai.matih.ml.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.testing.TestTokens;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeyDirectoryTests {

  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
  private static final KeySecret BOOTSTRAP = KeySecret.random(new SecureRandom());
  private static final AccessSettings SETTINGS =
      new AccessSettings(
          BOOTSTRAP.sha256(),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(5),
          Duration.ofSeconds(60),
          Duration.ofDays(90),
          Duration.ofDays(365),
          10,
          Duration.ofHours(8),
          Duration.ofMinutes(15),
          new OidcSettings("", null, "a", "t", "r", "p"));

  private final MovableClock clock = new MovableClock();
  private final InMemoryApiKeys keys = new InMemoryApiKeys();
  private final KeyDirectory directory =
      new KeyDirectory(keys, TestTokens.signer("ml-api"), SETTINGS, clock);
  private final KeySecret secret = KeySecret.random(new SecureRandom());

  @Test
  void a_known_key_is_admitted_with_its_tenant_and_role() {
    keys.add(key(secret, Optional.empty()));
    assertThat(directory.admit(secret))
        .hasValueSatisfying(
            admission -> {
              assertThat(admission.tenant()).isEqualTo(new Tenant("acme"));
              assertThat(admission.roles()).containsExactly(Role.DATA_SCIENTIST);
            });
  }

  @Test
  void an_unknown_key_is_not() {
    assertThat(directory.admit(secret)).isEmpty();
  }

  @Test
  void a_revocation_shows_within_five_seconds() {
    keys.add(key(secret, Optional.empty()));
    assertThat(directory.admit(secret)).isPresent();
    keys.add(key(secret, Optional.of(START)));
    clock.pass(Duration.ofSeconds(5));
    assertThat(directory.admit(secret)).isEmpty();
  }

  @Test
  void a_revocation_on_this_replica_shows_at_once() {
    keys.add(key(secret, Optional.empty()));
    assertThat(directory.admit(secret)).isPresent();
    keys.add(key(secret, Optional.of(START)));
    directory.forget(secret.sha256());
    assertThat(directory.admit(secret)).isEmpty();
  }

  @Test
  void a_key_ends_at_its_expiry_even_between_two_looks() {
    ApiKey key = key(secret, Optional.empty());
    keys.add(key);
    clock.set(key.expiresAt().minusMillis(500));
    assertThat(directory.admit(secret)).isPresent();
    clock.pass(Duration.ofMillis(500));
    assertThat(directory.admit(secret)).isEmpty();
  }

  @Test
  void calls_within_a_moment_ask_the_store_once_and_share_a_token() {
    keys.add(key(secret, Optional.empty()));
    Optional<Admission> first = directory.admit(secret);
    clock.pass(Duration.ofMillis(1900));
    assertThat(directory.admit(secret)).isEqualTo(first);
    assertThat(keys.looks).isEqualTo(1);
    clock.pass(Duration.ofSeconds(30));
    assertThat(directory.admit(secret)).isEqualTo(first);
    clock.pass(Duration.ofSeconds(31));
    assertThat(directory.admit(secret).orElseThrow()).isNotSameAs(first.orElseThrow());
  }

  @Test
  void a_known_key_works_on_while_the_store_is_away_but_not_for_ever() {
    keys.add(key(secret, Optional.empty()));
    assertThat(directory.admit(secret)).isPresent();
    keys.away = true;
    clock.pass(Duration.ofMinutes(9));
    assertThat(directory.admit(secret)).isPresent();
    clock.pass(Duration.ofMinutes(2));
    assertThatThrownBy(() -> directory.admit(secret)).isInstanceOf(ApiKeys.StoreAway.class);
  }

  @Test
  void an_unknown_key_waits_for_the_store() {
    keys.away = true;
    assertThatThrownBy(() -> directory.admit(secret)).isInstanceOf(ApiKeys.StoreAway.class);
    keys.away = false;
    keys.add(key(secret, Optional.empty()));
    assertThat(directory.admit(secret)).isPresent();
  }

  @Test
  void the_bootstrap_key_needs_no_store() {
    keys.away = true;
    assertThat(directory.admit(BOOTSTRAP))
        .hasValueSatisfying(a -> assertThat(a.roles()).containsExactly(Role.ADMIN));
  }

  @Test
  void last_uses_are_written_later() {
    ApiKey key = key(secret, Optional.empty());
    keys.add(key);
    directory.admit(secret);
    assertThat(keys.used).isEmpty();
    directory.writeLastUses();
    assertThat(keys.used).containsExactly(Map.entry(key.id(), START));
  }

  private static ApiKey key(KeySecret secret, Optional<Instant> revokedAt) {
    return new ApiKey(
        new UUID(0, 1),
        new Tenant("acme"),
        "n",
        new Principal("user:alice"),
        Role.DATA_SCIENTIST,
        secret.sha256(),
        "user:admin",
        Optional.empty(),
        START,
        START.plus(Duration.ofDays(1)),
        Optional.empty(),
        revokedAt);
  }

  private static final class MovableClock extends Clock {
    private Instant now = START;

    void pass(Duration time) {
      now = now.plus(time);
    }

    void set(Instant instant) {
      now = instant;
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
}
