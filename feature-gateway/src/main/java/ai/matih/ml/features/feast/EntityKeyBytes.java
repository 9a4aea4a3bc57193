package ai.matih.ml.features.feast;

import ai.matih.ml.features.feast.wire.ValueType;
import ai.matih.ml.features.online.EntityKeys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Feast's entity key serialization, version 3: little-endian; the number of keys, then every name
 * in sorted order, then every value in the same order, each as type, length, bytes.
 */
final class EntityKeyBytes {

  private static final int INT = 4;
  private static final int LONG = 8;

  private EntityKeyBytes() {}

  /** The keys of all rows, in order, each followed by a suffix. */
  static byte[][] serialize(EntityKeys keys, byte[] suffix) {
    byte[] names = names(keys.names());
    byte[][] serialized = new byte[keys.size()][];
    for (int row = 0; row < serialized.length; row++) {
      int size = names.length + suffix.length;
      for (List<Object> column : keys.columns()) {
        size += 2 * INT + size(column.get(row));
      }
      ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(names);
      for (List<Object> column : keys.columns()) {
        write(out, column.get(row));
      }
      serialized[row] = out.put(suffix).array();
    }
    return serialized;
  }

  private static byte[] names(List<String> names) {
    List<byte[]> texts = names.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    int size = INT + texts.stream().mapToInt(text -> 2 * INT + text.length).sum();
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putInt(texts.size());
    texts.forEach(text -> head(out, ValueType.Enum.STRING, text.length).put(text));
    return out.array();
  }

  private static int size(Object value) {
    return switch (value) {
      case String text -> utf8Length(text);
      case Integer _ -> INT;
      case Long _, Instant _ -> LONG;
      case byte[] bytes -> bytes.length;
      default -> throw new IllegalArgumentException("not a key type: " + value.getClass());
    };
  }

  private static void write(ByteBuffer out, Object value) {
    switch (value) {
      case String text -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        head(out, ValueType.Enum.STRING, bytes.length).put(bytes);
      }
      case Integer number -> head(out, ValueType.Enum.INT32, INT).putInt(number);
      case Long number -> head(out, ValueType.Enum.INT64, LONG).putLong(number);
      case byte[] bytes -> head(out, ValueType.Enum.BYTES, bytes.length).put(bytes);
      case Instant instant ->
          head(out, ValueType.Enum.UNIX_TIMESTAMP, LONG).putLong(instant.getEpochSecond());
      default -> throw new IllegalArgumentException("not a key type: " + value.getClass());
    }
  }

  private static ByteBuffer head(ByteBuffer out, ValueType.Enum type, int length) {
    return out.putInt(type.getNumber()).putInt(length);
  }

  /** Without making the bytes; halves of characters were refused with the request. */
  private static int utf8Length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // A pair of surrogates is four bytes.
      length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return length;
  }
}
