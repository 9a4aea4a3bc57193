package ai.matih.ml.common.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;

/** A remembered token ... */
class RememberedTokensTests {

  private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

  private Instant now = START;
  private final List<String> verified = new ArrayList<>();
  private final RememberedTokens tokens = new RememberedTokens(this::verify, new Moving());

  private final class Moving extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private Jwt verify(String token) {
    verified.add(token);
    if (token.startsWith("bad") || !now.isBefore(START.plusSeconds(60))) {
      throw new BadJwtException("refused");
    }
    return Jwt.withTokenValue(token)
        .header("alg", "RS256")
        .subject("user:a")
        .expiresAt(START.plusSeconds(60))
        .build();
  }

  @Test
  void is_verified_once() {
    Jwt first = tokens.decode("one");
    assertThat(tokens.decode("one")).isSameAs(first);
    assertThat(tokens.decode("other")).isNotSameAs(first);
    assertThat(verified).containsExactly("one", "other");
  }

  @Test
  void counts_no_more_once_it_expired() {
    tokens.decode("one");
    now = START.plusSeconds(60);
    assertThatExceptionOfType(BadJwtException.class).isThrownBy(() -> tokens.decode("one"));
  }

  @Test
  void is_never_a_refused_one() {
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(BadJwtException.class).isThrownBy(() -> tokens.decode("bad"));
    }
    assertThat(verified).containsExactly("bad", "bad");
  }

  @Test
  void is_one_of_a_thousand_at_most_and_often_used_ones_stay() {
    for (int i = 0; i < 5_000; i++) {
      tokens.decode("token " + i);
      tokens.decode("often");
    }
    tokens.cleanUp();
    verified.clear();

    tokens.decode("often");
    assertThat(verified).isEmpty();
    for (int i = 0; i < 5_000; i++) {
      tokens.decode("token " + i);
    }
    assertThat(verified).hasSizeGreaterThanOrEqualTo(4_000);
  }
}
