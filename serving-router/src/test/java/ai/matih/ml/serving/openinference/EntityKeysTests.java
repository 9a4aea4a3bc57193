package ai.matih.ml.serving.openinference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.common.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole number that names an entity ... */
class EntityKeysTests {

  private static final Signature SIGNATURE =
      new Signature(
          2,
          Task.REGRESSION,
          List.of(new Column("spent", ColumnType.DOUBLE, true)),
          List.of(),
          Optional.of(
              new FeatureSource(
                  List.of("customers:spent"), Optional.empty(), List.of("customer"))));

  private final InferReader reader = new InferReader(20);

  @ParameterizedTest
  @CsvSource({
    "INT64, 9007199254740993",
    "INT64, 9223372036854775807",
    "INT64, -9223372036854775807",
    "INT64, 0",
    "UINT64, 9223372036854775807",
    "UINT64, 9007199254740993",
    "INT32, -2147483648",
    "UINT32, 4294967295",
    "UINT8, 255"
  })
  void is_the_one_that_was_sent(String datatype, long key) {
    assertThat(entities(inJson(datatype, 1, Long.toString(key))))
        .isEqualTo(Map.of("customer", List.of(key)));
    assertThat(entities(inBytes(datatype, key))).isEqualTo(Map.of("customer", List.of(key)));
  }

  @Test
  void is_its_rows_own() {
    long first = 9_007_199_254_740_993L;
    StringBuilder data = new StringBuilder();
    List<Object> keys = new java.util.ArrayList<>();
    for (int row = 0; row < 20; row++) {
      data.append(row == 0 ? "" : ",").append('[').append(first + row).append(']');
      keys.add(first + row);
    }

    assertThat(entities(inJson("INT64", 20, data.toString()))).isEqualTo(Map.of("customer", keys));
  }

  @ParameterizedTest
  @CsvSource({
    "INT64, null",
    "INT64, 9223372036854775808",
    "INT64, -9223372036854775808",
    "INT64, -9223372036854775809",
    "UINT64, 9223372036854775808",
    "UINT64, 18446744073709551615",
    "UINT64, 18446744073709551616",
    "UINT64, 18446744073709551617"
  })
  void is_refused_when_it_is_missing_or_too_large(String datatype, String key) {
    assertRefused(inJson(datatype, 2, "7," + key), 1);
  }

  @Test
  void is_refused_in_bytes_when_it_is_too_large() {
    assertRefused(inBytes("UINT64", -1), 0);
    assertRefused(inBytes("UINT64", Long.MIN_VALUE), 0);
  }

  private static void assertRefused(InferRequest request, int row) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> entities(request))
        .satisfies(
            problem ->
                assertThat(problem.violations())
                    .extracting(violation -> violation.field())
                    .containsExactly("inputs.customer[" + row + "]"));
  }

  private static Map<String, List<Object>> entities(InferRequest request) {
    return request.question().entitiesFor(SIGNATURE);
  }

  private InferRequest inJson(String datatype, int rows, String data) {
    byte[] body =
        """
        {"inputs":[{"name":"customer","datatype":"%s","shape":[%d],"data":[%s]}]}
        """
            .formatted(datatype, rows, data)
            .getBytes(StandardCharsets.UTF_8);
    return reader.read(ModelAddress.of("late", ""), body, body.length, null);
  }

  private InferRequest inBytes(String datatype, long key) {
    int size = Integer.parseInt(datatype.replaceAll("[A-Z]", "")) / Byte.SIZE;
    byte[] json =
        """
        {"inputs":[{"name":"customer","datatype":"%s","shape":[1],"parameters":{"binary_data_size":%d}}]}
        """
            .formatted(datatype, size)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        ByteBuffer.allocate(json.length + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).put(json);
    body.putLong(key);
    return reader.read(
        ModelAddress.of("late", ""),
        body.array(),
        json.length + size,
        Integer.toString(json.length));
  }
}
