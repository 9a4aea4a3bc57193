package ai.matih.ml.features.feast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stored {@code feast.types.Value} that holds one scalar straight from its bytes: nearly
 * all values are such, and a message object for each would cost more than reading it.
 *
 * <p>The bytes of a field are its number and kind in one byte, then its value: a number of variable
 * length (seven bits a byte, the lowest first), four or eight bytes little-endian, or a length and
 * so many bytes (protobuf.dev/programming-guides/encoding).
 */
final class ScalarValues {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BYTES = 1 << 3 | 2;
  private static final int STRING = 2 << 3 | 2;
  private static final int INT32 = 3 << 3;
  private static final int INT64 = 4 << 3;
  private static final int DOUBLE = 5 << 3 | 1;
  private static final int FLOAT = 6 << 3 | 5;
  private static final int BOOL = 7 << 3;
  private static final int UNIX_TIMESTAMP = 8 << 3;

  private static final char REPLACEMENT = '\uFFFD';

  private ScalarValues() {}

  /** The value; null when it is no scalar, or not written in the shortest way. */
  static @Nullable Object decode(byte[] message) {
    if (message.length < 2) {
      return null;
    }
    return switch (message[0]) {
      case DOUBLE ->
          message.length == 9 ? Double.longBitsToDouble((long) LONGS.get(message, 1)) : null;
      // Widened: a reader of JSON gets the very number that is stored.
      case FLOAT ->
          message.length == 5 ? (double) Float.intBitsToFloat((int) INTS.get(message, 1)) : null;
      case INT64 -> isVarint(message) ? (Object) varint(message) : null;
      case INT32 -> isVarint(message) ? (Object) (int) varint(message) : null;
      case BOOL -> isVarint(message) ? (Object) (varint(message) != 0) : null;
      case UNIX_TIMESTAMP -> isVarint(message) ? instant(varint(message)) : null;
      case STRING -> isShort(message) ? text(message) : null;
      case BYTES -> isShort(message) ? Arrays.copyOfRange(message, 2, message.length) : null;
      default -> null;
    };
  }

  /** Whether all after the first byte is one number. */
  private static boolean isVarint(byte[] message) {
    if (message.length > 11) {
      return false;
    }
    for (int i = 1; i < message.length - 1; i++) {
      if (message[i] >= 0) {
        return false;
      }
    }
    return message[message.length - 1] >= 0;
  }

  private static long varint(byte[] message) {
    long value = 0;
    for (int i = 1; i < message.length; i++) {
      value |= (long) (message[i] & 0x7f) << (7 * (i - 1));
    }
    return value;
  }

  /** Whether all after the first byte is a length of one byte and so many bytes. */
  private static boolean isShort(byte[] message) {
    return message[1] == message.length - 2;
  }

  private static @Nullable String text(byte[] message) {
    String text = new String(message, 2, message.length - 2, StandardCharsets.UTF_8);
    // It may stand for bytes that are no text, which the general way refuses.
    return text.indexOf(REPLACEMENT) < 0 ? text : null;
  }

  /** Feast stores the smallest number for "no time"; other numbers may be none either. */
  private static @Nullable Instant instant(long seconds) {
    return seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()
        ? null
        : Instant.ofEpochSecond(seconds);
  }
}
