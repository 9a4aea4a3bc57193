package ai.matih.ml.features.feast;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.features.feast.wire.Value;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read straight from the bytes is what protobuf's own classes read. */
class ScalarValuesTests {

  private static final int MANY = 200_000;
  private static final List<String> TEXTS =
      List.of("", "a", "grüße", "日本", "\uD83D\uDE00", "\uFFFD", "x".repeat(127), "y".repeat(128));

  private final Random random = new Random(7);

  @Test
  void scalars_are_what_protobuf_reads() throws InvalidProtocolBufferException {
    int direct = 0;
    for (int i = 0; i < MANY; i++) {
      byte[] message = scalar().toByteArray();
      Object read = ScalarValues.decode(message);
      if (read != null) {
        direct++;
        assertSame(message, read);
      }
    }
    assertThat(direct).as("nearly all are read directly").isGreaterThan(MANY * 8 / 10);
  }

  @Test
  void damaged_bytes_are_never_read_as_something_else() {
    for (int i = 0; i < MANY; i++) {
      byte[] message = scalar().toByteArray();
      byte[] damaged = Arrays.copyOf(message, Math.max(0, message.length + random.nextInt(3) - 1));
      if (damaged.length > 0 && random.nextBoolean()) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Object read = ScalarValues.decode(damaged);
      if (read != null) {
        try {
          assertSame(damaged, read);
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError("read " + read + " from " + Arrays.toString(damaged), e);
        }
      }
    }
  }

  @Test
  void what_is_no_scalar_is_left_to_protobuf() {
    assertThat(ScalarValues.decode(new byte[0])).isNull();
    assertThat(ScalarValues.decode(Value.newBuilder().setUuidVal("x").build().toByteArray()))
        .isNull();
    assertThat(
            ScalarValues.decode(
                Value.newBuilder().setUnixTimestampVal(Long.MIN_VALUE).build().toByteArray()))
        .as("no time")
        .isNull();
  }

  private static void assertSame(byte[] message, Object read)
      throws InvalidProtocolBufferException {
    assertThat(read).isEqualTo(byProtobuf(Value.parseFrom(message)));
  }

  private static @Nullable Object byProtobuf(Value value) {
    return switch (value.getValCase()) {
      case BYTES_VAL -> value.getBytesVal().toByteArray();
      case STRING_VAL -> value.getStringVal();
      case INT32_VAL -> value.getInt32Val();
      case INT64_VAL -> value.getInt64Val();
      case DOUBLE_VAL -> value.getDoubleVal();
      case FLOAT_VAL -> (double) value.getFloatVal();
      case BOOL_VAL -> value.getBoolVal();
      case UNIX_TIMESTAMP_VAL -> Instant.ofEpochSecond(value.getUnixTimestampVal());
      default -> null;
    };
  }

  private Value scalar() {
    Value.Builder value = Value.newBuilder();
    return switch (random.nextInt(8)) {
      case 0 -> value.setBytesVal(ByteString.copyFrom(bytes())).build();
      case 1 -> value.setStringVal(TEXTS.get(random.nextInt(TEXTS.size()))).build();
      case 2 -> value.setInt32Val(random.nextInt() >> random.nextInt(32)).build();
      case 3 -> value.setInt64Val(random.nextLong() >> random.nextInt(64)).build();
      case 4 -> value.setDoubleVal(Double.longBitsToDouble(random.nextLong())).build();
      case 5 -> value.setFloatVal(Float.intBitsToFloat(random.nextInt())).build();
      case 6 -> value.setBoolVal(random.nextBoolean()).build();
      default -> value.setUnixTimestampVal(random.nextInt()).build();
    };
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return bytes;
  }
}
