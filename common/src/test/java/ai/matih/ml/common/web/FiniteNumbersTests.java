package ai.matih.ml.common.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.json.JsonMapper;

class FiniteNumbersTests {

  private static final JsonMapper JSON =
      JsonMapper.builder().addModule(FiniteNumbers.module()).build();

  record Body(@Nullable Double boxed, double plain, @Nullable Map<String, Object> any) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"boxed\":1e400,\"plain\":1}",
        "{\"plain\":-1e400}",
        "{\"plain\":1,\"any\":{\"a\":1e309}}",
        "{\"plain\":1,\"any\":{\"a\":[1,{\"b\":-1e400}]}}"
      })
  void a_number_too_large_for_a_double_is_refused(String body) {
    assertThatExceptionOfType(DatabindException.class)
        .isThrownBy(() -> JSON.readValue(body, Body.class))
        .satisfies(e -> assertThat(e.getPath()).isNotEmpty());
  }

  @Test
  void every_other_number_is_read_as_it_is_written() {
    Body body =
        JSON.readValue(
            "{\"boxed\":\"NaN\",\"plain\":1.7976931348623157e308,\"any\":{\"a\":9007199254740993,\"b\":0.5,\"c\":\"Infinity\"}}",
            Body.class);
    assertThat(body.boxed()).isNaN();
    assertThat(body.plain()).isEqualTo(Double.MAX_VALUE);
    assertThat(body.any()).isEqualTo(Map.of("a", 9007199254740993L, "b", 0.5, "c", "Infinity"));
  }
}
