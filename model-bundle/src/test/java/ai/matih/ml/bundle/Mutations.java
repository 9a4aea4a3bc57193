package ai.matih.ml.bundle;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Changes files as an accident or an attacker would. */
public final class Mutations {

  private Mutations() {}

  /** One to eight changes: bits, bytes, cuts, repeats, swaps, or noise altogether. */
  public static byte[] of(byte[] good, Random random) {
    byte[] bytes = good.clone();
    List<UnaryOperator<byte[]>> ways =
        List.of(
            b -> {
              b[random.nextInt(b.length)] ^= (byte) (1 << random.nextInt(8));
              return b;
            },
            b -> {
              b[random.nextInt(b.length)] = (byte) random.nextInt(256);
              return b;
            },
            b -> Arrays.copyOf(b, 1 + random.nextInt(b.length)),
            b -> {
              int from = random.nextInt(b.length);
              byte[] part =
                  Arrays.copyOfRange(b, from, Math.min(b.length, from + random.nextInt(64)));
              byte[] longer = Arrays.copyOf(b, b.length + part.length);
              System.arraycopy(part, 0, longer, b.length, part.length);
              return longer;
            },
            b -> {
              int one = random.nextInt(b.length);
              int other = random.nextInt(b.length);
              byte kept = b[one];
              b[one] = b[other];
              b[other] = kept;
              return b;
            },
            b -> {
              byte[] noise = new byte[1 + random.nextInt(256)];
              random.nextBytes(noise);
              return random.nextInt(10) == 0 ? noise : b;
            });
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      bytes = ways.get(random.nextInt(ways.size())).apply(bytes);
    }
    return bytes;
  }
}
