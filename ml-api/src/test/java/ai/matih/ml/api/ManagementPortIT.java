package ai.matih.ml.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A service as Kubernetes runs it: health and metrics on a port that callers do not reach. */
@SuppressWarnings("NullAway.Init")
class ManagementPortIT {

  private static ConfigurableApplicationContext context;

  @BeforeAll
  static void start() {
    Database database = TestEngines.postgres().freshDatabase("api");
    Map<String, String> properties = new HashMap<>(TestTokens.properties("ml-api"));
    properties.put("server.port", "0");
    properties.put("management.server.port", "0");
    properties.put("DATABASE_URL", database.url());
    properties.put("DATABASE_USER", database.user());
    properties.put("DATABASE_PASSWORD", database.password());
    context =
        new SpringApplication(MlApi.class)
            .run(
                properties.entrySet().stream()
                    .map(e -> "--" + e.getKey() + "=" + e.getValue())
                    .toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  @Test
  void probes_and_metrics_answer_on_the_management_port() throws Exception {
    assertThat(management("/actuator/health/liveness")).isEqualTo(200);
    assertThat(management("/actuator/health/readiness")).isEqualTo(200);
    assertThat(management("/actuator/prometheus")).isEqualTo(200);
    assertThat(management("/actuator/env")).isNotEqualTo(200);
  }

  @Test
  void callers_see_no_metrics_but_may_ask_for_readiness() throws Exception {
    assertThat(api("/readyz")).isEqualTo(200);
    assertThat(api("/livez")).isEqualTo(200);
    assertThat(api("/actuator/prometheus")).isNotEqualTo(200);
    assertThat(api("/actuator/health/readiness")).isNotEqualTo(200);
  }

  @Test
  void on_one_port_for_all_the_short_paths_answer_too() throws Exception {
    assertThat(status(RunningDoor.get().address().resolve("/readyz"))).isEqualTo(200);
    assertThat(status(RunningDoor.get().address().resolve("/actuator/health/readiness")))
        .isEqualTo(200);
  }

  private static int management(String path) throws IOException, InterruptedException {
    return status("local.management.port", path);
  }

  private static int api(String path) throws IOException, InterruptedException {
    return status("local.server.port", path);
  }

  private static int status(String port, String path) throws IOException, InterruptedException {
    return status(
        URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty(port) + path));
  }

  private static int status(URI address) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
