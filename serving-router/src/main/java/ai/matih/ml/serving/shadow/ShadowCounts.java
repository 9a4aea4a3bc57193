package ai.matih.ml.serving.shadow;

import ai.matih.ml.serving.observation.LatencyHistogram;

/**
 * What was counted of a shadow beside one live version. Counts of several routers add up.
 *
 * @param answers copies that both answered and that could be compared
 * @param rows of these
 * @param classRows those of them with a class, where agreement means something
 * @param agreed rows with the same class
 * @param shiftSum of the shift of each row
 * @param shiftMax the largest shift of a row
 * @param failed copies on which the shadow failed
 * @param incomparable copies that the shadow could not be asked with, or whose answers cannot be
 *     compared
 * @param dropped copies that found no place, or no shadow that was ready
 * @param live how long the live version computed on the compared ones
 * @param shadow how long the shadow did
 */
public record ShadowCounts(
    long answers,
    long rows,
    long classRows,
    long agreed,
    double shiftSum,
    double shiftMax,
    long failed,
    long incomparable,
    long dropped,
    LatencyHistogram live,
    LatencyHistogram shadow) {

  public static final ShadowCounts NOTHING =
      new ShadowCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, LatencyHistogram.EMPTY, LatencyHistogram.EMPTY);

  public ShadowCounts plus(ShadowCounts other) {
    return new ShadowCounts(
        answers + other.answers,
        rows + other.rows,
        classRows + other.classRows,
        agreed + other.agreed,
        shiftSum + other.shiftSum,
        Math.max(shiftMax, other.shiftMax),
        failed + other.failed,
        incomparable + other.incomparable,
        dropped + other.dropped,
        live.plus(other.live),
        shadow.plus(other.shadow));
  }
}
