package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineGuard;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.engine.ScoringModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** A version on replicas of Ray Serve. */
final class RayServeModel implements ScoringModel {

  private static final String ENGINE = RayServeEngine.NAME.value();
  private static final int VALUES_REFUSED = 422;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http;
  private final URI address;
  private final String key;
  private final Duration patience;
  private final EngineGuard guard;
  private final Signature signature;

  RayServeModel(
      HttpClient http,
      URI address,
      String key,
      Duration patience,
      EngineGuard guard,
      Signature signature) {
    this.http = http;
    this.address = address;
    this.key = key;
    this.patience = patience;
    this.guard = guard;
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }

  @Override
  public Scores score(Batch batch) {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .header("X-Matih-Key", key)
            .timeout(patience)
            .POST(HttpRequest.BodyPublishers.ofByteArray(written(batch)))
            .build();
    HttpResponse<byte[]> answer = guard.call(() -> answered(sent(request)));
    if (answer.statusCode() == VALUES_REFUSED) {
      throw new ScoringFailed(
          "The model fails on these values.", new IOException(text(answer.body())));
    }
    return new Scores(
        signature, batch.rows(), read(batch.rows() * signature.width(), answer.body()));
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

  private byte[] written(Batch batch) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(256);
    try (JsonGenerator to = JSON.createGenerator(body)) {
      to.writeStartObject();
      to.writeArrayPropertyStart("columns");
      for (int column = 0; column < signature.columns().size(); column++) {
        to.writeStartArray();
        ColumnType type = signature.columns().get(column).type();
        for (int row = 0; row < batch.rows(); row++) {
          write(to, type, batch, row, column);
        }
        to.writeEndArray();
      }
      to.writeEndArray();
      to.writeEndObject();
    }
    return body.toByteArray();
  }

  private static void write(JsonGenerator to, ColumnType type, Batch batch, int row, int column) {
    if (type == ColumnType.STRING) {
      String text = batch.text(row, column);
      if (text.isEmpty()) {
        to.writeNull();
      } else {
        to.writeString(text);
      }
      return;
    }
    double number = batch.number(row, column);
    if (Double.isNaN(number)) {
      to.writeNull();
    } else {
      to.writeNumber(number);
    }
  }

  /** An answer of the model itself, good or bad; everything else counts against the engine. */
  private static HttpResponse<byte[]> answered(HttpResponse<byte[]> answer) {
    return switch (answer.statusCode()) {
      case 200, VALUES_REFUSED -> answer;
      case 429, 503 ->
          throw new EngineFailure.Unavailable(
              ENGINE, answer.statusCode(), text(answer.body()), Optional.of(Duration.ofSeconds(1)));
      // Ray Serve does not know the application yet, or not any more.
      case 404 -> throw new EngineFailure.Unavailable(ENGINE, "answered 404", Optional.empty());
      default ->
          throw new EngineFailure.Misbehaved(ENGINE, answer.statusCode(), text(answer.body()));
    };
  }

  private static float[] read(int count, byte[] body) {
    float[] values = new float[count];
    int at = 0;
    try (JsonParser from = JSON.createParser(body)) {
      while (from.nextToken() != null && from.currentToken() != JsonToken.START_ARRAY) {
        // The only field of the answer is the array.
      }
      while (from.nextToken() != JsonToken.END_ARRAY) {
        values[at++] =
            from.currentToken() == JsonToken.VALUE_NULL ? Float.NaN : (float) from.getDoubleValue();
      }
    } catch (RuntimeException e) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, text(body));
    }
    if (at != count) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, text(body));
    }
    return values;
  }

  private static String text(byte[] body) {
    return new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8);
  }

  /** The replicas end when no router is to serve the version any more. */
  @Override
  public void close() {}
}
