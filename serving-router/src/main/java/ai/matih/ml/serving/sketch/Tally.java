package ai.matih.ml.serving.sketch;

import ai.matih.ml.serving.observation.LatencyHistogram;
import java.util.Arrays;

/**
 * What was counted of one version on one arm. Tallies of the same reference add up, whichever
 * router or time they are from.
 *
 * @param answered requests that got scores
 * @param rows in them
 * @param failed sound requests that got none
 * @param refused requests that were wrong
 * @param cells counts in the order of the reference
 * @param sums in the order of the reference, then those of the confidence
 */
@SuppressWarnings("ArrayRecordComponent") // compared in equals below, never changed after
public record Tally(
    long answered,
    long rows,
    long failed,
    long refused,
    long[] cells,
    double[] sums,
    LatencyHistogram latency) {

  /** Nothing, in the shape of a reference. */
  public static Tally nothing(Reference reference) {
    return new Tally(
        0,
        0,
        0,
        0,
        new long[reference.cells()],
        new double[reference.sums()],
        LatencyHistogram.EMPTY);
  }

  public Tally plus(Tally other) {
    if (other.cells.length != cells.length || other.sums.length != sums.length) {
      throw new IllegalArgumentException("tallies of two references do not add up");
    }
    long[] allCells = cells.clone();
    for (int i = 0; i < allCells.length; i++) {
      allCells[i] += other.cells[i];
    }
    double[] allSums = sums.clone();
    for (int i = 0; i < allSums.length; i++) {
      allSums[i] += other.sums[i];
    }
    return new Tally(
        answered + other.answered,
        rows + other.rows,
        failed + other.failed,
        refused + other.refused,
        allCells,
        allSums,
        latency.plus(other.latency));
  }

  /** Whether it was counted in the cells of this reference. */
  public boolean fits(Reference reference) {
    return cells.length == reference.cells() && sums.length == reference.sums();
  }

  /** Whether nothing at all was counted. */
  public boolean isEmpty() {
    return answered == 0 && failed == 0 && refused == 0;
  }

  /** The counts of one watched distribution, which begin at this cell. */
  public long[] cells(Watched watched, int first) {
    return Arrays.copyOfRange(cells, first, first + watched.cells());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tally tally
        && answered == tally.answered
        && rows == tally.rows
        && failed == tally.failed
        && refused == tally.refused
        && Arrays.equals(cells, tally.cells)
        && Arrays.equals(sums, tally.sums)
        && latency.equals(tally.latency);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(cells);
  }
}
