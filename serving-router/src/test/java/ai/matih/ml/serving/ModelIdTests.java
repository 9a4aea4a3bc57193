package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model's id ... */
class ModelIdTests {

  /** As the registry writes the same rule. */
  private static final Pattern REGISTRY = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "a",
        "7",
        "a-b",
        "churn-eu-2",
        "a-",
        "-a",
        "a--b",
        "A",
        "a_b",
        "a.b",
        "é",
        "a b"
      })
  void has_the_form_that_the_registry_gives_out(String id) {
    assertThat(ModelId.isWellFormed(id)).isEqualTo(REGISTRY.matcher(id).matches());
  }

  @Test
  void has_at_most_as_many_characters_as_the_registry_gives_out() {
    assertThat(ModelId.isWellFormed("x".repeat(64))).isTrue();
    assertThat(ModelId.isWellFormed("x".repeat(65))).isFalse();
  }
}
