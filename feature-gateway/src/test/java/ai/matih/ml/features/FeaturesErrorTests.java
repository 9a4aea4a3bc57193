package ai.matih.ml.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FeaturesErrorTests {

  @Test
  void every_code_has_a_unique_form_and_a_title() {
    assertThat(Arrays.stream(FeaturesError.values()).map(FeaturesError::code))
        .doesNotHaveDuplicates()
        .allMatch(code -> code.matches("Features:[A-Z][A-Za-z]+"));
    assertThat(FeaturesError.values())
        .allSatisfy(
            error -> {
              assertThat(error.title()).isNotBlank();
              assertThat(error.status().is4xxClientError()).isTrue();
            });
    assertThat(FeaturesError.ON_DEMAND_VIEW.code()).isEqualTo("Features:OnDemandView");
  }
}
