package ai.matih.ml.serving.engine.triton;

/** Asked by HTTP ... */
class TritonOverHttpIT extends TritonEngineContract {

  @Override
  Inference inference(TritonSettings settings) {
    return new InferenceOverHttp(settings.url(), settings.patience());
  }
}
