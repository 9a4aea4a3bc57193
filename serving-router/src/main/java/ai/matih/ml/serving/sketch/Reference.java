package ai.matih.ml.serving.sketch;

import java.util.List;

/**
 * What is counted of one version, in a fixed order: its cells lie one after the other.
 *
 * @param profiled whether the version has a reference profile
 * @param leftOut inputs that are not counted, because the profile does not know them, knows them
 *     otherwise, or there are too many
 * @param classes how many classes the model tells apart; 0 for a regression
 */
public record Reference(List<Watched> watched, boolean profiled, int leftOut, int classes) {

  /**
   * Sums kept of each watched distribution: of the distances from its center, and of their squares.
   */
  public static final int SUMS = 2;

  /** Sums kept of the model's confidence, after all others. */
  public static final int CONFIDENCE_SUMS = 4;

  public Reference {
    watched = List.copyOf(watched);
  }

  /** All cells together. */
  public int cells() {
    return watched.stream().mapToInt(Watched::cells).sum();
  }

  /** Where the sums of the confidence begin. */
  public int confidence() {
    return SUMS * watched.size();
  }

  /** All sums together. */
  public int sums() {
    return confidence() + CONFIDENCE_SUMS;
  }
}
