package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineGuard;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.engine.ScoringModel;

/** A version on Triton. */
final class TritonModel implements ScoringModel {

  private final String name;
  private final Inference inference;
  private final EngineGuard guard;
  private final OnnxLayout layout;
  private final Signature signature;

  TritonModel(
      String name, Inference inference, EngineGuard guard, OnnxLayout layout, Signature signature) {
    this.name = name;
    this.inference = inference;
    this.guard = guard;
    this.layout = layout;
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }

  @Override
  public Scores score(Batch batch) {
    float[] values;
    try {
      values = guard.call(() -> inference.ask(name, layout, batch));
    } catch (EngineFailure.Refused e) {
      throw new ScoringFailed("The model fails on these values.", e);
    }
    if (values.length != batch.rows() * signature.width()) {
      throw new EngineFailure.Misbehaved(
          TritonEngine.NAME.value(), 200, values.length + " values for " + batch.rows() + " rows");
    }
    return new Scores(signature, batch.rows(), values);
  }

  /** It is unloaded when no router is to serve the version any more. */
  @Override
  public void close() {}
}
