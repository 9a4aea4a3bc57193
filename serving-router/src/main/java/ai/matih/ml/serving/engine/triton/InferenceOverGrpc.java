package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Batch;
import com.google.protobuf.UnsafeByteOperations;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Values go and come raw. */
final class InferenceOverGrpc implements Inference, AutoCloseable {

  private static final String ENGINE = TritonEngine.NAME.value();
  private static final int MAX_ANSWER = 64 << 20;

  private final ManagedChannel channel;
  private final GRPCInferenceServiceBlockingStub stub;
  private final Duration patience;

  /**
   * @param target host and port
   */
  InferenceOverGrpc(String target, Duration patience) {
    this.channel =
        NettyChannelBuilder.forTarget(target)
            .usePlaintext()
            .maxInboundMessageSize(MAX_ANSWER)
            .build();
    this.stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    this.patience = patience;
  }

  @Override
  public float[] ask(String model, OnnxLayout layout, Batch batch) {
    ModelInferRequest.Builder request =
        ModelInferRequest.newBuilder()
            .setModelName(model)
            .addOutputs(InferRequestedOutputTensor.newBuilder().setName(layout.output()));
    for (int t = 0; t < layout.tensors().size(); t++) {
      request.addInputs(
          InferInputTensor.newBuilder()
              .setName(layout.tensors().get(t).name())
              .setDatatype(layout.tensors().get(t).type().name())
              .addShape(batch.rows())
              .addShape(layout.columns(t).length));
      request.addRawInputContents(
          UnsafeByteOperations.unsafeWrap(TensorBytes.of(batch, layout, t)));
    }
    ModelInferResponse answer;
    try {
      answer =
          stub.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
              .modelInfer(request.build());
    } catch (StatusRuntimeException e) {
      throw failure(e);
    }
    if (answer.getRawOutputContentsCount() == 1) {
      return TensorBytes.floats(answer.getRawOutputContents(0).asReadOnlyByteBuffer());
    }
    if (answer.getOutputsCount() != 1) {
      throw new EngineFailure.Misbehaved(
          ENGINE, 200, answer.getOutputsCount() + " outputs instead of one");
    }
    // Other servers may answer so.
    float[] values = new float[answer.getOutputs(0).getContents().getFp32ContentsCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = answer.getOutputs(0).getContents().getFp32Contents(i);
    }
    return values;
  }

  private static EngineFailure failure(StatusRuntimeException e) {
    String said = String.valueOf(e.getStatus().getDescription());
    return switch (e.getStatus().getCode()) {
      case INVALID_ARGUMENT, INTERNAL ->
          ServerWords.isUnwell(said)
              ? new EngineFailure.Unavailable(ENGINE, e)
              : new EngineFailure.Refused(ENGINE, e.getStatus().getCode().value(), said);
      case NOT_FOUND, RESOURCE_EXHAUSTED ->
          new EngineFailure.Unavailable(ENGINE, said, Optional.of(Duration.ofSeconds(1)));
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> new EngineFailure.Unavailable(ENGINE, e);
      default -> new EngineFailure.Misbehaved(ENGINE, e.getStatus().getCode().value(), said);
    };
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
