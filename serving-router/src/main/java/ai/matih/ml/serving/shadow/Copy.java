package ai.matih.ml.serving.shadow;

import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import java.time.Duration;

/**
 * A request that a live version answered, for a shadow to answer too.
 *
 * @param scored how long the live version computed
 * @param size what it holds in memory, in values of eight bytes
 */
record Copy(long liveVersion, Batch batch, Scores scores, Duration scored, long size) {

  /** A character takes up to two bytes. */
  private static final int CHARACTERS_PER_VALUE = 4;

  static Copy of(long liveVersion, Batch batch, Scores scores, Duration scored) {
    long size =
        (long) batch.rows() * batch.signature().columns().size()
            + batch.characters() / CHARACTERS_PER_VALUE
            + scores.values().length;
    return new Copy(liveVersion, batch, scores, scored, size);
  }
}
