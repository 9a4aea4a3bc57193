package ai.matih.ml.serving.traffic;

/** The buckets from {@code from} up to, not including, {@code to}. */
public record BucketRange(int from, int to) {

  public BucketRange {
    if (from < 0 || to > Weight.ALL_BPS || from >= to) {
      throw new IllegalArgumentException(
          "a bucket range lies within 0 and 10,000 and is not empty");
    }
  }

  int size() {
    return to - from;
  }
}
