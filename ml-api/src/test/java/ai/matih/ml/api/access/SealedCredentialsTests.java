package ai.matih.ml.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.access.SealedCredentials.Kind;
import ai.matih.ml.api.access.SealedCredentials.Opened;
import ai.matih.ml.common.testing.TestTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SealedCredentialsTests {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final String SHOWN = "Bearer mlk_0123456789abcdef0123456789abcdef";

  private final SealedCredentials sealed = at(NOW);

  @ParameterizedTest
  @EnumSource(Kind.class)
  void gives_back_what_was_put_in_until_it_is_too_old(Kind kind) {
    String text = sealed.seal(kind, SHOWN, Duration.ofHours(1));

    assertThat(text).doesNotContain("mlk_");
    assertThat(Credential.of("Bearer " + text)).containsInstanceOf(Credential.Sealed.class);
    assertThat(at(NOW.plusSeconds(3599)).open(text))
        .hasValueSatisfying(
            opened -> {
              assertThat(opened.kind()).isEqualTo(kind);
              assertThat(opened.authorization()).isEqualTo(SHOWN);
              assertThat(opened.until()).isEqualTo(NOW.plusSeconds(3600));
            });
    assertThat(at(NOW.plusSeconds(3600)).open(text)).isEmpty();
  }

  @Test
  void each_wrapping_has_a_text_and_an_id_of_its_own() {
    String one = sealed.seal(Kind.LINK, SHOWN, Duration.ofHours(1));
    String other = sealed.seal(Kind.LINK, SHOWN, Duration.ofHours(1));

    assertThat(one).isNotEqualTo(other);
    assertThat(sealed.open(one).map(Opened::id)).isNotEqualTo(sealed.open(other).map(Opened::id));
  }

  @Test
  void a_text_that_was_changed_or_made_elsewhere_opens_nothing() {
    String text = sealed.seal(Kind.SESSION, SHOWN, Duration.ofHours(1));
    for (int i = 4; i < text.length() - 1; i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      assertThat(sealed.open(text.substring(0, i) + other + text.substring(i + 1))).isEmpty();
      assertThat(sealed.open(text.substring(0, i))).isEmpty();
    }
    SealedCredentials elsewhere =
        new SealedCredentials(TestTokens.signer("serving-router")::derivedSecret, clock(NOW));
    assertThat(sealed.open(elsewhere.seal(Kind.SESSION, SHOWN, Duration.ofHours(1)))).isEmpty();
  }

  @Test
  void a_session_is_no_link_and_a_link_no_session() {
    String session = sealed.seal(Kind.SESSION, SHOWN, Duration.ofHours(1));

    assertThat(sealed.open("mlo_" + session.substring(4))).isEmpty();
    assertThat(sealed.open("")).isEmpty();
    assertThat(sealed.open("mls_")).isEmpty();
    assertThat(sealed.open("mls_ü")).isEmpty();
  }

  private static SealedCredentials at(Instant now) {
    return new SealedCredentials(TestTokens.signer("ml-api")::derivedSecret, clock(now));
  }

  private static Clock clock(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
