package ai.matih.ml.serving.engine.triton;

/** Asked by gRPC ... */
class TritonOverGrpcIT extends TritonEngineContract {

  @Override
  Inference inference(TritonSettings settings) {
    return new InferenceOverGrpc(settings.grpc(), settings.patience());
  }
}
