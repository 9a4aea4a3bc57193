package ai.matih.ml.serving.observation;

import java.util.Collection;

/**
 * Sees what came of every prediction, on the caller's own thread and from many at once. It neither
 * blocks nor computes for long: work goes through a {@link BoundedQueue} to a thread of its own,
 * and what finds no place there is dropped and counted.
 */
public interface PredictionObserver {

  /** A name of its own for metrics and status reports, in lower case. */
  String name();

  void answered(AnsweredPrediction prediction);

  /** A prediction was refused or failed. */
  default void failed(FailedPrediction prediction) {}

  /** Forgets every deployment but these, so that what has ended takes no memory. */
  default void keepOnly(Collection<String> deploymentIds) {}

  /** How many observations found no place since the start. */
  default long dropped() {
    return 0;
  }
}
