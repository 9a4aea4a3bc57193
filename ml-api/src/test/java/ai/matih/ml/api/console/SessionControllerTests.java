package ai.matih.ml.api.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.api.access.AccessSettings;
import ai.matih.ml.api.access.OidcSettings;
import ai.matih.ml.api.access.SealedCredentials;
import ai.matih.ml.api.access.SealedCredentials.Kind;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.testing.TestTokens;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a sign-in link is made of. */
class SessionControllerTests {

  private static final AccessSettings SETTINGS =
      new AccessSettings(
          "",
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(5),
          Duration.ofSeconds(60),
          Duration.ofDays(90),
          Duration.ofDays(365),
          2,
          Duration.ofHours(8),
          Duration.ofMinutes(15),
          new OidcSettings("", null, "a", "t", "r", "p"));

  private final Clock clock = Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);
  private final SealedCredentials sealed =
      new SealedCredentials(TestTokens.signer("ml-api")::derivedSecret, clock);
  private final SessionController controller = new SessionController(sealed, SETTINGS, clock);

  @ParameterizedTest
  @EnumSource
  void nothing_sealed_is_sealed_again_however_it_is_shown(Kind kind) {
    String text = sealed.seal(kind, "Bearer a.b.c", Duration.ofHours(1));
    String basic =
        Base64.getEncoder().encodeToString(("x:" + text).getBytes(StandardCharsets.UTF_8));
    for (String shown : new String[] {"Bearer " + text, "bearer  " + text, "Basic " + basic}) {
      assertThatExceptionOfType(Problem.class)
          .isThrownBy(() -> controller.link(shown))
          .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.FORBIDDEN));
    }
  }

  /** A link that its browser could not keep as a cookie would be spent for nothing. */
  @Test
  void a_link_for_too_long_a_token_is_refused_when_it_is_asked_for() {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> controller.link("Bearer a." + "b".repeat(3000) + ".c"))
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.INVALID_REQUEST));
    assertThat(controller.link("Bearer a." + "b".repeat(2800) + ".c").getStatusCode().value())
        .isEqualTo(201);
  }
}
