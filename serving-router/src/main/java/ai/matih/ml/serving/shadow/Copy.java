package ai.matih.ml.serving.shadow;

import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import java.time.Duration;

/**
 * A request that a live version answered, for a shadow to answer too.
 *
 * @param scored how long the live version computed
 */
record Copy(long liveVersion, Batch batch, Scores scores, Duration scored) {

  /** What it holds in memory, in values. */
  int size() {
    return batch.rows() * batch.signature().columns().size() + scores.values().length;
  }
}
