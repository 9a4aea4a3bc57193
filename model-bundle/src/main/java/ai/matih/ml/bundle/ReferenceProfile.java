package ai.matih.ml.bundle;

import java.util.List;
import java.util.Map;

/**
 * How the training rows were distributed, so that drift has something to be compared with.
 *
 * @param rows how many rows it was made of
 * @param columns by input
 */
public record ReferenceProfile(long rows, Map<String, Column> columns) {

  public ReferenceProfile {
    columns = Map.copyOf(columns);
    Signature.require(rows > 0, "the rows are a positive number");
  }

  /** One input. */
  public sealed interface Column {

    /** The share of rows without a value, 0 to 1. */
    double missing();
  }

  /**
   * Numbers and truth values, in bins {@code [edge, next edge)}, the last one with its upper edge.
   *
   * @param edges ascending, one more than there are bins; empty when every value was missing
   * @param frequencies the share of the values that are there, by bin
   */
  public record Numbers(double missing, List<Double> edges, List<Double> frequencies)
      implements Column {

    public Numbers {
      edges = List.copyOf(edges);
      frequencies = List.copyOf(frequencies);
      Signature.require(
          edges.size() == frequencies.size() + (edges.isEmpty() ? 0 : 1),
          "there is one edge more than bins");
      for (int i = 1; i < edges.size(); i++) {
        Signature.require(edges.get(i - 1) <= edges.get(i), "the edges ascend");
      }
      frequencies.forEach(ReferenceProfile::share);
      share(missing);
    }
  }

  /**
   * Texts.
   *
   * @param categories the share of all rows, by text; the most frequent ones
   * @param other the share of the texts that are not listed
   */
  public record Texts(double missing, Map<String, Double> categories, double other)
      implements Column {

    public Texts {
      categories = Map.copyOf(categories);
      categories.values().forEach(ReferenceProfile::share);
      share(missing);
      share(other);
    }
  }

  private static void share(double share) {
    Signature.require(share >= 0 && share <= 1 + 1e-9, "a share lies between 0 and 1");
  }
}
