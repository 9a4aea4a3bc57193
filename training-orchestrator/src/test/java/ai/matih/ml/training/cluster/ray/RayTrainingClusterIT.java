package ai.matih.ml.training.cluster.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.local.engine.Ray;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.ClusterSettings;
import ai.matih.ml.training.cluster.CodePackage;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.cluster.TrainingClusterContract;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.web.client.RestClient;

/** The adapter keeps the contract, on a real Ray. */
class RayTrainingClusterIT extends TrainingClusterContract {

  private static RayTrainingCluster cluster;

  @BeforeAll
  static void connect() {
    Ray ray = TestEngines.ray();
    cluster = adapter(ray.url().toString(), ray.token());
  }

  private static RayTrainingCluster adapter(String url, String token) {
    return new RayTrainingCluster(
        new EngineClients(
            RestClient.builder()
                .configureMessageConverters(converters -> converters.registerDefaults()),
            new SimpleMeterRegistry()),
        url,
        new Binder(
                new MapConfigurationPropertySource(
                    Map.of(
                        "c.token", token,
                        "c.read-timeout", "60s",
                        "c.log-tail", "64KB",
                        "c.max-concurrent-calls", "8")))
            .bind("c", ClusterSettings.class)
            .get(),
        CodePackage.ofThisBuild(),
        List.of("do-not-tell"));
  }

  @Override
  protected TrainingCluster cluster() {
    return cluster;
  }

  @Override
  protected String entrypoint(int seconds, int status) {
    return "ls matih_training/__main__.py && echo hello $SECRET && sleep "
        + seconds
        + " && exit "
        + status;
  }

  @Override
  protected ClusterJob ended(SubmissionId id, ClusterJob.Status expected) {
    ClusterJob job = await(id, seen -> seen.status().isTerminal());
    assertThat(job.status()).isEqualTo(expected);
    return job;
  }

  @Override
  protected void running(SubmissionId id) {
    await(id, seen -> seen.status() == ClusterJob.Status.RUNNING);
  }

  private static ClusterJob await(SubmissionId id, Predicate<ClusterJob> condition) {
    Instant until = Instant.now().plus(Duration.ofMinutes(3));
    while (true) {
      ClusterJob job = cluster.job(id).orElseThrow();
      if (condition.test(job)) {
        return job;
      }
      assertThat(Instant.now()).as("%s is %s", id, job.status()).isBefore(until);
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void refuses_to_use_a_cluster_that_lets_strangers_in() throws IOException {
    HttpServer open =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    open.createContext(
        "/",
        exchange -> {
          byte[] body = "{\"session_name\":\"s\"}".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    open.start();
    try {
      RayTrainingCluster careless = adapter("http://127.0.0.1:" + open.getAddress().getPort(), "t");

      assertThatThrownBy(careless::session).isInstanceOf(ClusterNotSafe.class);
    } finally {
      open.stop(0);
    }
  }

  @Test
  void tells_a_wrong_token_and_an_absent_cluster_apart() {
    Ray ray = TestEngines.ray();

    assertThatThrownBy(() -> adapter(ray.url().toString(), "wrong").session())
        .isInstanceOfSatisfying(
            EngineFailure.Refused.class, e -> assertThat(e.status()).isEqualTo(403));
    assertThatThrownBy(() -> adapter("http://127.0.0.1:9", "t").jobs())
        .isInstanceOf(EngineFailure.Unavailable.class);
  }
}
