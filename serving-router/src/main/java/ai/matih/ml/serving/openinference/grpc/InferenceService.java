package ai.matih.ml.serving.openinference.grpc;

import ai.matih.ml.common.dataplane.Request;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.openinference.InferRequest;
import ai.matih.ml.serving.openinference.ModelAddress;
import ai.matih.ml.serving.openinference.ServedModels;
import ai.matih.ml.serving.openinference.TensorInfo;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.routing.Router;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;
import inference.ServerLiveRequest;
import inference.ServerLiveResponse;
import inference.ServerMetadataRequest;
import inference.ServerMetadataResponse;
import inference.ServerReadyRequest;
import inference.ServerReadyResponse;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Function;

/** The protocol's calls. Each runs on a thread of its own and may wait. */
final class InferenceService extends GRPCInferenceServiceImplBase {

  private final ServedModels models;
  private final Predict predict;
  private final Messages messages;

  InferenceService(ServedModels models, Predict predict, Messages messages) {
    this.models = models;
    this.predict = predict;
    this.messages = messages;
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> to) {
    answer(to, _ -> ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> to) {
    answer(to, _ -> ServerReadyResponse.newBuilder().setReady(models.isReady()).build());
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> to) {
    answer(
        to,
        _ ->
            ServerMetadataResponse.newBuilder()
                .setName(ServedModels.SERVER)
                .setVersion(ServedModels.version())
                .addAllExtensions(ServedModels.EXTENSIONS)
                .build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> to) {
    answer(
        to,
        call -> {
          boolean ready;
          try {
            var _ = outline(call, request.getName(), request.getVersion());
            ready = true;
          } catch (Problem notServed) {
            ready = false;
          }
          return ModelReadyResponse.newBuilder().setReady(ready).build();
        });
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> to) {
    answer(
        to,
        call -> {
          Router.Outline outline = outline(call, request.getName(), request.getVersion());
          return ModelMetadataResponse.newBuilder()
              .setName(request.getName())
              .addAllVersions(outline.versions().stream().map(String::valueOf).toList())
              .setPlatform(ServedModels.SERVER)
              .addAllInputs(metadata(TensorInfo.inputs(outline.signature())))
              .addAllOutputs(metadata(TensorInfo.outputs(outline.signature())))
              .build();
        });
  }

  private Router.Outline outline(Request call, String model, String version) {
    return models.outline(call.caller().tenant(), ModelAddress.of(model, version));
  }

  private static List<ModelMetadataResponse.TensorMetadata> metadata(List<TensorInfo> tensors) {
    return tensors.stream().map(Messages::metadata).toList();
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> to) {
    answer(
        to,
        call -> {
          InferRequest asked = messages.read(request);
          return messages.answer(
              asked,
              predict.answer(
                  call.caller().tenant(),
                  call.caller().actor(),
                  call.requestId(),
                  asked.question()));
        });
  }

  /** Nothing is computed for a caller who has gone, or whose time is up. */
  private static <O> void answer(StreamObserver<O> to, Function<Request, O> work) {
    // Otherwise an answer that comes too late is an error here.
    ((ServerCallStreamObserver<O>) to).setOnCancelHandler(() -> {});
    if (Context.current().isCancelled()) {
      return;
    }
    try {
      O answer = Admission.VISIT.get().answer(work);
      to.onNext(answer);
      to.onCompleted();
    } catch (Problem problem) {
      to.onError(Refusals.status(problem).asRuntimeException(Refusals.trailers(problem)));
    }
  }
}
