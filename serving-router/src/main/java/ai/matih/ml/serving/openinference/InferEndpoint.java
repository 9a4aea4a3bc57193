package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.dataplane.BodyMemory;
import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.common.dataplane.Request;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.prediction.Prediction;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code POST /v2/models/{model}/infer}, and the same for a version that the caller names. */
final class InferEndpoint implements Endpoint {

  private final InferReader reader;
  private final Predict predict;
  private final BodyMemory memory;
  private final int maxBody;
  private final InferWriter writer = new InferWriter();

  /**
   * @param memory of bodies that are unpacked
   * @param maxBody largest body, once it is unpacked
   */
  InferEndpoint(InferReader reader, Predict predict, BodyMemory memory, int maxBody) {
    this.reader = reader;
    this.predict = predict;
    this.memory = memory;
    this.maxBody = maxBody;
  }

  @Override
  public List<String> paths() {
    return List.of("/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer");
  }

  @Override
  public List<Permission> permissions() {
    return List.of(Permission.PREDICTIONS_CREATE);
  }

  /** Clients of the protocol send several types, or none. */
  @Override
  public boolean reads(@Nullable String type) {
    return true;
  }

  @Override
  public Work read(Request request, byte[] body, int length) {
    ModelAddress address = ModelAddress.of(request.path());
    String encoding = request.header("Content-Encoding");
    if (encoding == null || encoding.equalsIgnoreCase("identity")) {
      return new Answering(request, read(request, address, body, length));
    }
    // Unpacking may take long.
    byte[] packed = Arrays.copyOf(body, length);
    return new Work() {
      @Override
      public boolean answerAtOnce(Output to) {
        return false;
      }

      @Override
      public void answer(Output to) {
        try (UnpackedBody unpacked = new UnpackedBody(memory, maxBody)) {
          unpacked.unpack(encoding, packed);
          new Answering(request, read(request, address, unpacked.bytes(), unpacked.length()))
              .answer(to);
        }
      }
    };
  }

  private InferRequest read(Request request, ModelAddress address, byte[] body, int length) {
    return reader.read(address, body, length, request.header("Inference-Header-Content-Length"));
  }

  private final class Answering implements Work {

    private final Request request;
    private final InferRequest asked;

    Answering(Request request, InferRequest asked) {
      this.request = request;
      this.asked = asked;
    }

    @Override
    public boolean answerAtOnce(Output to) {
      Optional<Prediction> prediction =
          predict.answerAtOnce(
              request.caller().tenant(),
              request.caller().actor(),
              request.requestId(),
              asked.question());
      prediction.ifPresent(found -> writer.write(asked, found, to));
      return prediction.isPresent();
    }

    @Override
    public void answer(Output to) {
      writer.write(
          asked,
          predict.answer(
              request.caller().tenant(),
              request.caller().actor(),
              request.requestId(),
              asked.question()),
          to);
    }
  }
}
