package ai.matih.ml.features.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Vectors come from a Feast 0.67 that wrote them into PostgreSQL. */
class ValueMessagesTests {

  @Test
  void scalars_are_read_with_zero_and_false_as_values() throws Exception {
    assertThat(decoded("3500008044")).contains(1024.0);
    assertThat(decoded("2000")).contains(0L);
    assertThat(decoded("3800")).contains(false);
    assertThat(decoded("3801")).contains(true);
    assertThat(decoded("12027331")).contains("s1");
    assertThat(decoded("40aabd90d806")).contains(Instant.ofEpochSecond(1795432106));
  }

  @Test
  void lists_are_read() throws Exception {
    assertThat(decoded("82010a0a080000803f00000040")).contains(List.of(1.0, 2.0));
  }

  @Test
  void an_empty_message_is_a_null() throws Exception {
    assertThat(decoded("")).isEmpty();
  }

  @Test
  void garbage_is_told_from_values() {
    assertThatExceptionOfType(InvalidProtocolBufferException.class)
        .isThrownBy(() -> decoded("0aff"));
    assertThatExceptionOfType(InvalidProtocolBufferException.class)
        .as("a time beyond all years")
        .isThrownBy(() -> decoded("40ffffffffffffffff7f"));
  }

  private static Optional<Object> decoded(String hex) throws InvalidProtocolBufferException {
    return Optional.ofNullable(ValueMessages.decode(HexFormat.of().parseHex(hex)));
  }
}
