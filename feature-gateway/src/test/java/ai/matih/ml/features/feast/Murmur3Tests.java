package ai.matih.ml.features.feast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors are the field names that Feast 0.67 makes. */
class Murmur3Tests {

  @ParameterizedTest
  @CsvSource({
    "driver_stats:conv_rate,fa731014",
    "a:b,436844a2",
    "weather:temp,4f2b7879",
    "ü:größe_€,ff0713c3",
    "v:,2e634dce",
    "everything:int64_lis,e1d378c3",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy,d173647d"
  })
  void a_field_is_named_as_feast_names_it(String feature, String field) {
    assertThat(HexFormat.of().formatHex(Murmur3.littleEndian(feature))).isEqualTo(field);
  }
}
