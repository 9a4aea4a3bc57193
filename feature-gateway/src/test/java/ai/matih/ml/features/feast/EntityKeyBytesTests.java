package ai.matih.ml.features.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.matih.ml.features.TestKeys;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Vectors come from a Feast 0.67 that wrote them into PostgreSQL. */
class EntityKeyBytesTests {

  @Test
  void one_number_is_written_as_feast_writes_it() {
    assertThat(hex(Map.of("driver_id", 1001L)))
        .isEqualTo(
            "01000000"
                + "02000000"
                + "09000000"
                + "6472697665725f6964"
                + "04000000"
                + "08000000"
                + "e903000000000000");
    assertThat(hex(Map.of("customer_id", 1024L)))
        .isEqualTo(
            "01000000"
                + "02000000"
                + "0b000000"
                + "637573746f6d65725f6964"
                + "04000000"
                + "08000000"
                + "0004000000000000");
  }

  @Test
  void several_keys_are_written_in_the_order_of_their_names() {
    assertThat(hex(Map.of("merchant_id", "m0", "customer_id", 1000L)))
        .isEqualTo(
            "02000000"
                + "02000000"
                + "0b000000"
                + "637573746f6d65725f6964"
                + "02000000"
                + "0b000000"
                + "6d65726368616e745f6964"
                + "04000000"
                + "08000000"
                + "e803000000000000"
                + "02000000"
                + "02000000"
                + "6d30");
  }

  @Test
  void strings_bytes_short_numbers_and_instants_have_their_own_type_numbers() {
    assertThat(hex(Map.of("k", "ä"))).endsWith("02000000" + "02000000" + "c3a4");
    assertThat(hex(Map.of("k", new byte[] {0, -1}))).endsWith("01000000" + "02000000" + "00ff");
    assertThat(hex(Map.of("k", -1))).endsWith("03000000" + "04000000" + "ffffffff");
    assertThat(hex(Map.of("k", Instant.ofEpochSecond(1))))
        .endsWith("08000000" + "08000000" + "0100000000000000");
  }

  @Test
  void every_row_has_its_own_bytes_and_the_suffix() {
    byte[][] rows =
        EntityKeyBytes.serialize(
            TestKeys.of(List.of(Map.of("k", "\uD83D\uDE00日é"), Map.of("k", ""))), new byte[] {7});

    assertThat(HexFormat.of().formatHex(rows[0]))
        .endsWith("02000000" + "09000000" + "f09f9880" + "e697a5" + "c3a9" + "07");
    assertThat(HexFormat.of().formatHex(rows[1])).endsWith("02000000" + "00000000" + "07");
  }

  @Test
  void other_values_are_no_keys() {
    assertThatIllegalArgumentException().isThrownBy(() -> hex(Map.of("k", 1.5)));
  }

  private static String hex(Map<String, Object> key) {
    return HexFormat.of().formatHex(EntityKeyBytes.serialize(TestKeys.of(key), new byte[0])[0]);
  }
}
