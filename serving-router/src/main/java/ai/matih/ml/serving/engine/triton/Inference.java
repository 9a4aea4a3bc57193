package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.serving.engine.Batch;

/** Asks models of a server. Safe from many threads. */
interface Inference {

  /**
   * The values of a model's output, row after row.
   *
   * @throws ai.matih.ml.common.http.EngineFailure.Refused when the model fails on these values
   * @throws ai.matih.ml.common.http.EngineFailure when the server or the model is not there
   */
  float[] ask(String model, OnnxLayout layout, Batch batch);
}
