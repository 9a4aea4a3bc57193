package ai.matih.ml.serving.engine.recall;

import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringEngineContract;

/** The engine that knows golden rows by heart ... */
class RecallEngineTests extends ScoringEngineContract {

  private final RecallEngine engine = new RecallEngine();

  @Override
  protected ScoringEngine engine() {
    return engine;
  }
}
