package ai.matih.ml.common.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountedCharactersTests {

  record Named(@Nullable @Size(min = 2, max = 3) String name, @Size(max = 1) List<String> list) {}

  @ParameterizedTest
  @CsvSource({
    "ab, true",
    "abc, true",
    "abcd, false",
    "a, false",
    "😀😀😀, true",
    "😀, false",
    ", true"
  })
  void a_text_is_measured_in_characters(@Nullable String name, boolean fits) {
    assertThat(validator().validate(new Named(name, List.of())).isEmpty()).isEqualTo(fits);
  }

  @org.junit.jupiter.api.Test
  void a_list_is_measured_as_before() {
    assertThat(validator().validate(new Named("ab", List.of("a", "b")))).hasSize(1);
  }

  private static Validator validator() {
    HibernateValidatorConfiguration configuration =
        Validation.byProvider(HibernateValidator.class).configure();
    configuration.messageInterpolator(new ParameterMessageInterpolator());
    CountedCharacters.use(configuration);
    return configuration.buildValidatorFactory().getValidator();
  }
}
