package ai.matih.ml.serving.traffic;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One version that gets a share of a model's traffic, with the very buckets it gets.
 *
 * @param variant the name under which callers and reports know this share
 * @param buckets disjoint ranges in the order in which they came to it; together as many buckets as
 *     the weight says
 */
public record Target(
    long version, String deploymentId, String variant, Weight weight, List<BucketRange> buckets) {

  /** The variant that an abort returns to. */
  public static final String STABLE = "stable";

  private static final Pattern VARIANT = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*+");

  public Target {
    buckets = List.copyOf(buckets);
    if (!VARIANT.matcher(variant).matches() || variant.length() > 32) {
      throw new IllegalArgumentException(
          "a variant is named in lower case letters, digits and single hyphens, 32 at most");
    }
    if (buckets.stream().mapToInt(BucketRange::size).sum() != weight.bps()) {
      throw new IllegalArgumentException("the buckets of " + variant + " do not make its weight");
    }
  }

  public boolean isStable() {
    return variant.equals(STABLE);
  }
}
