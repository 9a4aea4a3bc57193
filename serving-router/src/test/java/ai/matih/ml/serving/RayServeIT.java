package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.matih.ml.local.engine.Ray;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.fixture.TestBundles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A version on Ray Serve, a real one, from its deployment to its end. The tests are one story: each
 * takes the applications as the one before left them.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RayServeIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir static Path folder;

  private static Ray ray;
  private static Neighbours neighbours;
  private static RouterUnderTest router;
  private static JsonNode golden;
  private static String first = "";

  @BeforeAll
  static void start() throws IOException {
    ray = TestEngines.ray();
    neighbours = new Neighbours();
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    router =
        RouterUnderTest.start(
            TestEngines.postgres().freshDatabase("serving"),
            folder,
            neighbours.url(),
            Map.of(
                "RAY_URL",
                ray.url().toString(),
                "RAY_TOKEN",
                ray.token(),
                "RAY_SERVE_URL",
                "http://127.0.0.1:" + port,
                "RAY_SERVE_HOST",
                "127.0.0.1",
                "RAY_SERVE_CPUS",
                "0.1",
                "serving.ray-serve.downscale-delay",
                "PT5S"));
    golden =
        JSON.readTree(TestBundles.bytes(TestBundles.folder("numeric-v1").resolve("golden.json")));
  }

  @AfterAll
  static void stop() {
    router.close();
    neighbours.close();
    serve("DELETE");
  }

  @Test
  @Order(1)
  void starts_serve_with_the_first_deployment_and_answers_as_the_model_does() {
    assertThat(applications()).isEmpty();
    neighbours.register("acme", "served", 1, "production", "numeric-v1");
    // Barred from onnx; the native form is the model itself.
    neighbours.onnx("served", 1, "mismatch");

    first = deployed("served", "\"replicas\":{\"min\":1,\"max\":2,\"target_ongoing_requests\":2}");

    Answer shown = router.get("/deployments/" + first).expect(200);
    assertThat(shown.text("/engine")).isEqualTo("ray_serve");
    assertThat(shown.number("/replicas/max")).isEqualTo(2);
    for (JsonNode row : golden.get("rows")) {
      Answer answer = predict("served", row).expect(200);
      assertThat(answer.body().at("/probabilities/1").asDouble())
          .isCloseTo(
              row.at("/probabilities/1").asDouble(), org.assertj.core.data.Offset.offset(1e-5));
    }
  }

  @Test
  @Order(2)
  void leaves_the_others_alone_when_one_comes_or_cannot_start() {
    String pid = replicas("served").getFirst();
    neighbours.register("acme", "second", 1, "production", "regression");
    deployed("second", "\"resources\":{\"cpus\":0.05}");
    neighbours.register("acme", "broken", 1, "production", "native-broken");
    String broken =
        router
            .post("/models/broken/deploy", "{\"version\":1,\"engine\":\"ray_serve\"}")
            .expect(202)
            .text("/id");

    Answer failed = awaited("/deployments/" + broken, d -> d.text("/status").equals("failed"));

    assertThat(failed.text("/reason")).contains("Ray Serve could not start it").contains("lost");
    await()
        .atMost(PATIENCE)
        .until(() -> applications().keySet().stream().noneMatch(name -> name.contains(".broken.")));
    assertThat(replicas("served")).containsExactly(pid);
    predict("served", golden.at("/rows/0")).expect(200);
  }

  @Test
  @Order(3)
  void starts_and_ends_replicas_with_the_load_and_loses_no_request() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    Callable<Integer> caller =
        () -> {
          int failed = 0;
          while (!enough.get()) {
            failed += predict("served", golden.at("/rows/0")).status() == 200 ? 0 : 1;
          }
          return failed;
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> callers = new ArrayList<>();
      IntStream.range(0, 12).forEach(_ -> callers.add(threads.submit(caller)));
      try {
        await().atMost(PATIENCE).until(() -> replicas("served").size() == 2);
      } finally {
        enough.set(true);
      }
      for (Future<Integer> each : callers) {
        assertThat(each.get()).isZero();
      }
    }
    await().atMost(PATIENCE).until(() -> replicas("served").size() == 1);
    predict("served", golden.at("/rows/0")).expect(200);
  }

  @Test
  @Order(4)
  void is_the_same_again_after_its_controller_and_a_replica_died() {
    String pid = replicas("served").getFirst();
    kill("ray::ServeController");
    predict("served", golden.at("/rows/0")).expect(200);
    kill("ray::ServeReplica:matih.acme.served");

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<String> now = replicas("served");
              return now.size() == 1 && !now.getFirst().equals(pid);
            });

    await().atMost(PATIENCE).until(() -> predict("served", golden.at("/rows/0")).status() == 200);
    assertThat(applications()).hasSize(2);
  }

  @Test
  @Order(5)
  void comes_back_by_itself_after_somebody_wiped_the_configuration() {
    serve("DELETE");
    Answer away = predict("served", golden.at("/rows/0"));
    if (away.status() != 200) {
      away.expect(503, "Serving:EngineAway");
      assertThat(away.http().headers().firstValue("Retry-After")).isPresent();
    }

    await().atMost(PATIENCE).until(() -> predict("served", golden.at("/rows/0")).status() == 200);
  }

  @Test
  @Order(6)
  void refuses_copies_that_cannot_be() {
    neighbours.register("acme", "strict", 1, "production", "numeric-v1");
    refused("\"replicas\":{\"min\":0}", "replicas.min");
    refused("\"replicas\":{\"min\":2,\"max\":1}", "replicas.max");
    refused("\"replicas\":{\"min\":1,\"max\":101}", "replicas.max");
    refused(
        "\"replicas\":{\"min\":1,\"target_ongoing_requests\":0}",
        "replicas.target_ongoing_requests");
    refused("\"replicas\":{}", "replicas.min");
    refused("\"resources\":{\"cpus\":0}", "resources.cpus");
    refused("\"resources\":{\"gpus\":-1}", "resources.gpus");
    refused("\"resources\":{\"memory_bytes\":1}", "resources.memory_bytes");
    router
        .post("/models/strict/deploy", "{\"version\":1,\"replicas\":{\"min\":2}}")
        .expect(400, "Common:InvalidRequest")
        .naming("replicas");
  }

  private static void refused(String part, String field) {
    router
        .post("/models/strict/deploy", "{\"version\":1,\"engine\":\"ray_serve\"," + part + "}")
        .expect(400, "Common:InvalidRequest")
        .naming(field);
  }

  @Test
  @Order(7)
  void ends_serve_when_the_last_deployment_has_drained() {
    for (String id :
        List.of(first, router.get("/deployments?model_id=second").text("/items/0/id"))) {
      router.delete("/deployments/" + id).expect(202);
      awaited("/deployments/" + id, d -> d.text("/status").equals("stopped"));
    }
    await()
        .atMost(PATIENCE)
        .until(() -> serve("GET").path("controller_info").isEmpty() && applications().isEmpty());
  }

  private static String deployed(String model, String more) {
    String id =
        router
            .post(
                "/models/" + model + "/deploy",
                "{\"version\":1,\"engine\":\"ray_serve\",\"traffic\":{\"strategy\":\"direct\"},"
                    + more
                    + "}")
            .expect(202)
            .text("/id");
    awaited(
        "/deployments/" + id,
        shown -> {
          assertThat(shown.text("/status")).as(shown.http().body()).isNotEqualTo("failed");
          return shown.text("/status").equals("ready")
              && !shown.http().body().contains("traffic_applied");
        });
    awaited("/models/" + model + "/traffic", t -> t.body().path("acknowledged_by_all").asBoolean());
    return id;
  }

  private static Answer awaited(String path, java.util.function.Predicate<Answer> wanted) {
    return await().atMost(PATIENCE).until(() -> router.get(path), wanted);
  }

  private static Answer predict(String model, JsonNode row) {
    return router.post(
        "/predict",
        "{\"model_id\":\"%s\",\"features\":%s,\"options\":{\"return_probabilities\":true}}"
            .formatted(model, JSON.writeValueAsString(row.get("inputs"))));
  }

  /** The applications of this test by name, as Ray itself tells them. */
  private static Map<String, JsonNode> applications() {
    Map<String, JsonNode> found = new java.util.TreeMap<>();
    serve("GET")
        .path("applications")
        .properties()
        .forEach(
            entry -> {
              if (!entry.getValue().path("status").asString().equals("DELETING")) {
                found.put(entry.getKey(), entry.getValue());
              }
            });
    return found;
  }

  /** Process ids of the replicas of a model that run. */
  private static List<String> replicas(String model) {
    List<String> pids = new ArrayList<>();
    applications()
        .forEach(
            (name, application) -> {
              if (name.startsWith("matih.acme." + model + ".")) {
                application
                    .at("/deployments/version/replicas")
                    .forEach(
                        replica -> {
                          if (replica.path("state").asString().equals("RUNNING")) {
                            pids.add(replica.path("pid").asString());
                          }
                        });
              }
            });
    return pids;
  }

  private static JsonNode serve(String method) {
    try {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(ray.url() + "/api/serve/applications/"))
                  .header("Authorization", "Bearer " + ray.token())
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.body().startsWith("{") ? JSON.readTree(answer.body()) : JSON.createObjectNode();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills the processes of this test's Ray whose title begins so. */
  private static void kill(String title) {
    await()
        .atMost(PATIENCE)
        .until(() -> new ProcessBuilder("pkill", "-9", "-f", "^" + title).start().waitFor() == 0);
  }
}
