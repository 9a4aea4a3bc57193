package ai.matih.ml.features.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Every type against JSON values as a request has them. */
class TypedValuesTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          INT64 | 9007199254740993 | 9007199254740993
          INT64 | -9223372036854775808 | -9223372036854775808
          INT64 | 2.0 | 2
          INT64 | 9007199254740991.0 | 9007199254740991
          INT64 | 9007199254740993.0 | refused
          INT64 | 1.9 | refused
          INT64 | 9223372036854775808 | refused
          INT64 | 1e300 | refused
          INT64 | "12" | refused
          INT64 | true | refused
          INT64 | [1] | refused
          INT64 | null | refused
          INT64 | "twelve" | refused
          INT64 | {} | refused
          INT32 | 2147483647 | 2147483647
          INT32 | 2147483648 | refused
          DOUBLE | 0.1 | 0.1
          DOUBLE | 3 | 3.0
          DOUBLE | 9007199254740993 | refused
          DOUBLE | 1e400 | refused
          DOUBLE | "Infinity" | Infinity
          DOUBLE | "NaN" | refused
          DOUBLE | "0.1" | refused
          FLOAT | 0.1 | 0.10000000149011612
          FLOAT | 1e39 | refused
          FLOAT | 16777217 | refused
          BOOL | true | true
          BOOL | 1 | refused
          BOOL | "true" | refused
          STRING | "12" | 12
          STRING | 12 | refused
          STRING | true | refused
          STRING | "\\ud800" | refused
          STRING | "\\ud83d\\ude00" | \ud83d\ude00
          UNIX_TIMESTAMP | "1969-12-31T23:59:59Z" | 1969-12-31T23:59:59Z
          UNIX_TIMESTAMP | "2026-01-01T01:00:00+01:00" | 2026-01-01T00:00:00Z
          UNIX_TIMESTAMP | "2026-01-01T00:00:00.5Z" | refused
          UNIX_TIMESTAMP | -1 | 1969-12-31T23:59:59Z
          UNIX_TIMESTAMP | 1767225600000000 | refused
          UNIX_TIMESTAMP | "2026-01-01" | refused
          BYTES | "!" | refused
          BYTES | 1 | refused
          INT64_LIST | [1, 2] | [1, 2]
          INT64_LIST | [] | []
          INT64_LIST | [1, null] | refused
          INT64_LIST | [1, 2.5] | refused
          INT64_LIST | 1 | refused
          STRING_LIST | ["a", 1] | refused
          UNIX_TIMESTAMP_LIST | [0] | [1970-01-01T00:00:00Z]
          MAP | {} | refused
          """)
  void a_value_is_of_its_type_or_refused(FeatureType type, String json, String expected) {
    Object value = JSON.readValue("{\"v\":" + json + "}", java.util.Map.class).get("v");

    assertThat(TypedValues.feature(type, value).map(Object::toString).orElse("refused"))
        .isEqualTo(expected);
    assertThat(TypedValues.described(type)).isNotBlank();
  }

  @Test
  void bytes_are_base64() {
    byte[] bytes = {0, -1};

    assertThat(TypedValues.feature(FeatureType.BYTES, Base64.getEncoder().encodeToString(bytes)))
        .hasValueSatisfying(read -> assertThat((byte[]) read).isEqualTo(bytes));
  }

  @Test
  void digits_in_a_string_are_a_key_as_in_feast() {
    assertThat(TypedValues.key(FeatureType.INT64, "12")).contains(12L);
    assertThat(TypedValues.key(FeatureType.INT64, "9223372036854775808")).isEmpty();
    assertThat(TypedValues.key(FeatureType.STRING, "12")).contains("12");
    assertThat(TypedValues.key(FeatureType.BYTES, "1212")).isPresent();
    assertThat(TypedValues.key(FeatureType.DOUBLE, 1.5)).isEmpty();
  }

  @Test
  void an_event_has_a_time_that_training_can_join_by() {
    for (Object wrong :
        List.of(
            1767225600,
            1767225600000L,
            "1767225600",
            "2026-01-01",
            "yesterday",
            "1677-12-31T00:00:00Z",
            "48113-01-01T00:00:00Z")) {
      assertThat(TypedValues.eventTime(wrong)).as("%s", wrong).isEmpty();
    }
    assertThat(TypedValues.eventTime(null)).isEmpty();
    assertThat(
            List.of(
                    "1960-05-06T07:08:09.123456789Z",
                    "2026-01-01T01:00:00+01:00",
                    "2026-01-01T00:00:00")
                .stream()
                .map(TypedValues::eventTime)
                .map(Optional::orElseThrow)
                .map(Object::toString))
        .containsExactly(
            "1960-05-06T07:08:09.123456Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
  }
}
