package ai.matih.ml.serving.traffic;

/** A share of traffic in basis points: 10,000 is all of it. */
public record Weight(int bps) {

  public static final int ALL_BPS = 10_000;
  public static final Weight ALL = new Weight(ALL_BPS);
  public static final Weight NONE = new Weight(0);

  public Weight {
    if (bps < 0 || bps > ALL_BPS) {
      throw new IllegalArgumentException("a weight lies between 0 and 10,000 basis points");
    }
  }
}
