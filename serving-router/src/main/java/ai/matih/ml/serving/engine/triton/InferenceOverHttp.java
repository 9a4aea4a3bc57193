package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Batch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Values go and come as bytes behind the JSON. */
final class InferenceOverHttp implements Inference {

  private static final String ENGINE = TritonEngine.NAME.value();
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(2))
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  private final URI server;
  private final Duration patience;

  InferenceOverHttp(String url, Duration patience) {
    this.server = URI.create(url.endsWith("/") ? url : url + "/");
    this.patience = patience;
  }

  @Override
  public float[] ask(String model, OnnxLayout layout, Batch batch) {
    List<byte[]> tensors = new ArrayList<>();
    for (int t = 0; t < layout.tensors().size(); t++) {
      tensors.add(TensorBytes.of(batch, layout, t));
    }
    byte[] json = json(layout, batch.rows(), tensors);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(json);
    tensors.forEach(body::writeBytes);
    HttpResponse<byte[]> answer =
        sent(
            HttpRequest.newBuilder(server.resolve("v2/models/" + model + "/infer"))
                .header("Content-Type", "application/octet-stream")
                .header(JSON_LENGTH, Integer.toString(json.length))
                .timeout(patience)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build());
    if (answer.statusCode() != 200) {
      throw failure(answer);
    }
    return values(answer);
  }

  private static byte[] json(OnnxLayout layout, int rows, List<byte[]> tensors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator to = JSON.createGenerator(out)) {
      to.writeStartObject();
      to.writeArrayPropertyStart("inputs");
      for (int t = 0; t < tensors.size(); t++) {
        to.writeStartObject();
        to.writeStringProperty("name", layout.tensors().get(t).name());
        to.writeStringProperty("datatype", layout.tensors().get(t).type().name());
        to.writeArrayPropertyStart("shape");
        to.writeNumber(rows);
        to.writeNumber(layout.columns(t).length);
        to.writeEndArray();
        to.writeObjectPropertyStart("parameters");
        to.writeNumberProperty("binary_data_size", tensors.get(t).length);
        to.writeEndObject();
        to.writeEndObject();
      }
      to.writeEndArray();
      to.writeArrayPropertyStart("outputs");
      to.writeStartObject();
      to.writeStringProperty("name", layout.output());
      to.writeObjectPropertyStart("parameters");
      to.writeBooleanProperty("binary_data", true);
      to.writeEndObject();
      to.writeEndObject();
      to.writeEndArray();
      to.writeEndObject();
    }
    return out.toByteArray();
  }

  private HttpResponse<byte[]> sent(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      // A score changes nothing: whether it was computed is of no importance.
      throw new EngineFailure.Unavailable(ENGINE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineFailure.Unavailable(ENGINE, e);
    }
  }

  private static EngineFailure failure(HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    String said = text(answer.body());
    return switch (status) {
      // Triton answers 500 for values that a model fails on, too.
      case 400, 422, 500 ->
          ServerWords.isUnwell(said)
              ? new EngineFailure.Unavailable(ENGINE, status, said, Optional.empty())
              : new EngineFailure.Refused(ENGINE, status, said);
      // The model is not loaded yet, or not any more.
      case 404 -> new EngineFailure.Unavailable(ENGINE, "answered 404", Optional.empty());
      case 429, 503 ->
          new EngineFailure.Unavailable(ENGINE, status, said, Optional.of(Duration.ofSeconds(1)));
      default -> new EngineFailure.Misbehaved(ENGINE, status, said);
    };
  }

  private static float[] values(HttpResponse<byte[]> answer) {
    byte[] body = answer.body();
    int json = (int) answer.headers().firstValueAsLong(JSON_LENGTH).orElse(-1);
    if (json < 0 || json > body.length || (body.length - json) % Float.BYTES != 0) {
      throw new EngineFailure.Misbehaved(ENGINE, answer.statusCode(), text(body));
    }
    return TensorBytes.floats(ByteBuffer.wrap(body, json, body.length - json).slice());
  }

  private static String text(byte[] body) {
    return new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8);
  }
}
