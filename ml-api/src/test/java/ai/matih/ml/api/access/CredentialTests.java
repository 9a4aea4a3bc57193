package ai.matih.ml.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTests {

  private static final KeySecret SECRET = KeySecret.random(new SecureRandom());

  @Test
  void a_bearer_key_is_a_key() {
    assertThat(Credential.of("Bearer " + SECRET.text())).contains(new Credential.Key(SECRET));
    assertThat(Credential.of("bearer " + SECRET.text())).contains(new Credential.Key(SECRET));
  }

  @Test
  void a_basic_password_may_be_a_key_whatever_the_user_is() {
    assertThat(Credential.of("Basic " + base64("me:" + SECRET.text())))
        .contains(new Credential.Key(SECRET));
  }

  @Test
  void three_dotted_parts_are_a_token() {
    assertThat(Credential.of("Bearer a.b.c")).contains(new Credential.Token("a.b.c"));
  }

  @Test
  void a_secret_does_not_show_itself() {
    assertThat(SECRET.toString()).doesNotContain(SECRET.text().substring(8));
    assertThat(SECRET.text()).hasSizeGreaterThanOrEqualTo(47);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer abc",
        "Bearer mlk_short",
        "Bearer a.b",
        "Bearer a.b.c.d",
        "Basic !!!",
        "Basic bm9jb2xvbg==",
        "Digest x"
      })
  void anything_else_is_nothing(@org.jspecify.annotations.Nullable String header) {
    assertThat(Credential.of(header)).isEmpty();
  }

  @Test
  void a_huge_header_is_nothing() {
    assertThat(Credential.of("Bearer " + "a".repeat(9000) + ".b.c")).isEmpty();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
