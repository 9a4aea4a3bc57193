package ai.matih.ml.api.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckTests {

  private static final String ALL_UP =
      "{\"status\":\"up\",\"services\":{\"serving-router\":\"up\"},\"engines\":{\"s3\":\"up\"}}";

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private final Map<String, String> seen = new HashMap<>();
  private String health = ALL_UP;
  private int predictionStatus = 404;
  private String prediction = "{\"code\":\"Serving:ModelNotServed\"}";
  private HttpServer door;

  @BeforeEach
  void start() throws IOException {
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.createContext("/health", exchange -> answer(exchange, 200, health));
    door.createContext(
        "/api/v1/ml/predict",
        exchange -> {
          seen.put("key", exchange.getRequestHeaders().getFirst("Authorization"));
          seen.put(
              "body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          answer(exchange, predictionStatus, prediction);
        });
    door.start();
  }

  @AfterEach
  void stop() {
    door.stop(0);
  }

  @Test
  void all_is_well_when_everybody_is_up_and_the_router_refuses_what_is_not_there() {
    assertThat(check(Map.of())).isZero();
    assertThat(seen).containsEntry("key", "Bearer mlk_test");
  }

  @Test
  void a_given_prediction_must_be_answered() {
    String body = "{\"model_id\":\"churn\",\"features\":{\"tenure\":12}}";

    assertThat(check(Map.of("PREDICTION", body))).isEqualTo(1);
    assertThat(told()).contains("the prediction was answered with 404 Serving:ModelNotServed");
    assertThat(seen).containsEntry("body", body);

    predictionStatus = 200;
    prediction = "{\"model_version\":3}";
    assertThat(check(Map.of("PREDICTION", body))).isZero();
    assertThat(told()).contains("predicted by version 3");
  }

  @Test
  void whoever_is_away_is_named() {
    health =
        "{\"status\":\"degraded\",\"services\":{\"serving-router\":\"down\"},"
            + "\"engines\":{\"s3\":\"up\",\"ray\":\"down\"}}";

    assertThat(check(Map.of())).isEqualTo(1);
    assertThat(told()).contains("not up: serving-router, ray");
  }

  @Test
  void a_key_that_does_not_open_the_door_is_a_failure() {
    predictionStatus = 401;
    prediction = "{\"code\":\"Common:Unauthenticated\"}";

    assertThat(check(Map.of())).isEqualTo(1);
    assertThat(told()).contains("401 Common:Unauthenticated").doesNotContain("mlk_test");
  }

  private int check(Map<String, String> more) {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "DOOR_URL",
                "http://127.0.0.1:" + door.getAddress().getPort(),
                "API_KEY",
                "mlk_test\n"));
    environment.putAll(more);
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    return Program.CHECK.run(environment, out, out);
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
