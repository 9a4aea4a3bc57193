package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.Signature;

/**
 * A loaded model. Scoring is safe from many threads; closing is not, so whoever closes waits for
 * the last answer.
 */
public interface ScoringModel extends AutoCloseable {

  Signature signature();

  /**
   * Whether it computes on the caller's thread, without a call to anybody else. What waits for
   * others may wait long, whatever it took the last time.
   */
  default boolean computesHere() {
    return false;
  }

  /**
   * Answers one batch.
   *
   * @throws ScoringFailed when the engine breaks on these values
   * @throws ai.matih.ml.common.http.EngineFailure when an engine elsewhere gives no answer
   */
  Scores score(Batch batch);

  @Override
  void close();
}
