package ai.matih.ml.features.feast;

import ai.matih.ml.features.feast.wire.ValueType;
import ai.matih.ml.features.online.EntityKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Feast's entity key serialization, version 3: little-endian; the number of keys, then every name
 * in sorted order, then every value in the same order, each as type, length, bytes.
 */
final class EntityKeyBytes {

  private EntityKeyBytes() {}

  static byte[] serialize(EntityKey key) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    writeInt(out, key.values().size());
    for (String name : key.values().keySet()) {
      write(out, ValueType.Enum.STRING, name.getBytes(StandardCharsets.UTF_8));
    }
    for (Object value : key.values().values()) {
      switch (value) {
        case String text ->
            write(out, ValueType.Enum.STRING, text.getBytes(StandardCharsets.UTF_8));
        case Integer number -> write(out, ValueType.Enum.INT32, little(4).putInt(number).array());
        case Long number -> write(out, ValueType.Enum.INT64, little(8).putLong(number).array());
        case byte[] bytes -> write(out, ValueType.Enum.BYTES, bytes);
        case Instant instant ->
            write(
                out,
                ValueType.Enum.UNIX_TIMESTAMP,
                little(8).putLong(instant.getEpochSecond()).array());
        default -> throw new IllegalArgumentException("not a key type: " + value.getClass());
      }
    }
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, ValueType.Enum type, byte[] bytes) {
    writeInt(out, type.getNumber());
    writeInt(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void writeInt(ByteArrayOutputStream out, int number) {
    out.writeBytes(little(4).putInt(number).array());
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
