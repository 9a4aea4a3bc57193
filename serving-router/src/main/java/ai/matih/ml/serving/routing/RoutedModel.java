package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.traffic.ChosenTarget;

/**
 * The right to use one model for one request. While it is held the model stays open; close it on
 * every path.
 *
 * @param inputs what it makes of the names in a request
 * @param limit the places of the model's engine
 * @param quick whether a row takes so little that nobody is kept waiting by it
 */
public record RoutedModel(
    ChosenTarget target,
    AcceptedInputs inputs,
    ScoringModel model,
    ScoringLimit limit,
    boolean quick,
    Runnable release)
    implements AutoCloseable {

  @Override
  public void close() {
    release.run();
  }
}
