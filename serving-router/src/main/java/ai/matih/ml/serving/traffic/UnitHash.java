package ai.matih.ml.serving.traffic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * XXH64 with seed 0: the same unit gets the same number on every router, after every restart, and
 * in any language that has the published algorithm.
 */
final class UnitHash {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  private UnitHash() {}

  /** The hash of {@code salt|unit} in UTF-8. */
  static long of(String salt, String unit) {
    return of((salt + '|' + unit).getBytes(StandardCharsets.UTF_8));
  }

  static long of(byte[] input) {
    int at = 0;
    int length = input.length;
    long hash;
    if (length >= 32) {
      long a = 0x60EA27EEADC0B5D6L; // P1 + P2
      long b = P2;
      long c = 0;
      long d = -P1;
      for (; at <= length - 32; at += 32) {
        a = round(a, (long) LONGS.get(input, at));
        b = round(b, (long) LONGS.get(input, at + 8));
        c = round(c, (long) LONGS.get(input, at + 16));
        d = round(d, (long) LONGS.get(input, at + 24));
      }
      hash =
          Long.rotateLeft(a, 1)
              + Long.rotateLeft(b, 7)
              + Long.rotateLeft(c, 12)
              + Long.rotateLeft(d, 18);
      hash = merge(merge(merge(merge(hash, a), b), c), d);
    } else {
      hash = P5;
    }
    hash += length;
    for (; at <= length - 8; at += 8) {
      hash = Long.rotateLeft(hash ^ round(0, (long) LONGS.get(input, at)), 27) * P1 + P4;
    }
    if (at <= length - 4) {
      hash ^= ((int) INTS.get(input, at) & 0xFFFFFFFFL) * P1;
      hash = Long.rotateLeft(hash, 23) * P2 + P3;
      at += 4;
    }
    for (; at < length; at++) {
      hash = Long.rotateLeft(hash ^ (input[at] & 0xFFL) * P5, 11) * P1;
    }
    hash ^= hash >>> 33;
    hash *= P2;
    hash ^= hash >>> 29;
    hash *= P3;
    return hash ^ hash >>> 32;
  }

  private static long round(long accumulator, long input) {
    return Long.rotateLeft(accumulator + input * P2, 31) * P1;
  }

  private static long merge(long hash, long accumulator) {
    return (hash ^ round(0, accumulator)) * P1 + P4;
  }
}
