package ai.matih.ml.features.feast;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** MurmurHash3 of 32 bits with seed 0, by which Feast names the fields of its Redis hashes. */
final class Murmur3 {

  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private Murmur3() {}

  /** The hash of the text's UTF-8 form, as four bytes, the lowest first. */
  static byte[] littleEndian(String text) {
    return ByteBuffer.allocate(4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(hash(text.getBytes(StandardCharsets.UTF_8)))
        .array();
  }

  private static int hash(byte[] bytes) {
    ByteBuffer blocks = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int hash = 0;
    while (blocks.remaining() >= 4) {
      hash ^= mixed(blocks.getInt());
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int shift = 0; blocks.hasRemaining(); shift += 8) {
      tail |= (blocks.get() & 0xff) << shift;
    }
    hash ^= mixed(tail);
    hash ^= bytes.length;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static int mixed(int block) {
    return Integer.rotateLeft(block * C1, 15) * C2;
  }
}
