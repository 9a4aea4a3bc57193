package ai.matih.ml.registry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelIdTests {

  @ParameterizedTest
  @CsvSource({"churn,churn", "Churn (EU),churn-eu", "--a__b--,a-b", "Café 2,cafe-2"})
  void a_name_has_a_slug(String name, String slug) {
    assertThat(ModelId.ofName(name).slug()).isEqualTo(slug);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "a--b", "A", "a/b", "..", "a.b", "a b", "a\n", "ä", "-a", "a-"})
  void what_could_mean_something_in_an_address_is_no_id(String text) {
    assertThatThrownBy(() -> new ModelId(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_name_without_letters_has_none_and_a_long_one_is_too_long() {
    assertThatThrownBy(() -> ModelId.ofName("!!!")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ModelId.ofName("x".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
