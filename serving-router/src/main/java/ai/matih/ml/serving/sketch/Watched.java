package ai.matih.ml.serving.sketch;

import java.util.List;

/**
 * One distribution that is counted: an input of a version, or one side of its answers.
 *
 * <p>The cells of numbers are: missing, below the first edge, one per bin {@code [edge, next edge)}
 * (the last one with its upper edge), above the last edge. The cells of categories are: missing,
 * one per category, everything else.
 *
 * @param edges of numbers, ascending; empty for categories
 * @param categories the known ones; empty for numbers
 * @param expected the share of each cell as training saw it; empty where that is not known
 * @param rows of how many rows the shares are
 * @param rowsAssumed whether the profile did not say of how many, so that it was estimated
 */
public record Watched(
    String name,
    Role role,
    Kind kind,
    List<Double> edges,
    List<String> categories,
    List<Double> expected,
    long rows,
    boolean rowsAssumed) {

  /** Which part of a prediction it is. */
  public enum Role {
    INPUT,
    /** The predicted class. */
    CLASS,
    /** The probability of the last class. */
    SCORE,
    /** The predicted number. */
    VALUE
  }

  /** How its values fall into cells. */
  public enum Kind {
    NUMBERS,
    CATEGORIES
  }

  /** The cell of what has no value. */
  public static final int MISSING = 0;

  public Watched {
    edges = List.copyOf(edges);
    categories = List.copyOf(categories);
    expected = List.copyOf(expected);
    int cells = (kind == Kind.NUMBERS ? edges.size() : categories.size()) + 2;
    if (!expected.isEmpty() && expected.size() != cells) {
      throw new IllegalArgumentException("there is one share per cell");
    }
  }

  public int cells() {
    return (kind == Kind.NUMBERS ? edges.size() : categories.size()) + 2;
  }

  /** Whether there is something to compare with. */
  public boolean hasReference() {
    return !expected.isEmpty();
  }

  /**
   * A number in the middle of the usual ones, from which sums are taken so that they stay small.
   */
  public double center() {
    return edges.isEmpty() ? 0 : edges.get(edges.size() / 2);
  }
}
