package ai.matih.ml.helm.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.acceptance.walk.Flights;
import ai.matih.ml.acceptance.walk.Teller;
import ai.matih.ml.acceptance.walk.Walk;
import ai.matih.ml.acceptance.walk.WalkPlan;
import ai.matih.ml.acceptance.walk.WalkResult;
import ai.matih.ml.helm.kubernetes.Suite.Size;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The suite on a node where pods really run: the images of {@code docker/}, the development size,
 * the real engines. It is installed once, and a model walks through its life on it; what happens to
 * the pods then must not be noticed by those who call.
 */
@Tag("kubernetes-node")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeIT {

  private static final String NAMESPACE = "suite-node";
  static final List<String> SERVICES =
      List.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");

  private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");

  /** What two processors cannot promise, they may still give: only the head's request is less. */
  private static final String SMALL_NODE = "--set-string=ray.head.resources.requests.cpu=250m";

  private static final Path FLIGHTS = Path.of(property("matih.python"));

  private final Cluster cluster = Cluster.named("matih.kubernetes.node");
  private final Path volumes = cluster.kubeconfig().resolveSibling("volumes");

  @SuppressWarnings("NullAway.Init") // made before all
  private Suite suite;

  @SuppressWarnings("NullAway.Init")
  private Operator operator;

  @SuppressWarnings("NullAway.Init")
  private Door door;

  @SuppressWarnings("NullAway.Init")
  private Walk walk;

  @SuppressWarnings("NullAway.Init")
  private WalkResult walked;

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  @BeforeAll
  void a_model_walks_through_its_life() throws Exception {
    suite = Suite.running(cluster, NAMESPACE, volumes);
    operator = Operator.of(cluster, NAMESPACE);
    suite.install(Size.DEV, SMALL_NODE);
    door = Door.at(address(), adminKey());
    walk =
        new Walk(door, Flights.installedIn(FLIGHTS), WalkPlan.SAMPLE, Teller.SILENT, "on-a-node");
    walked = walk.take();
  }

  @AfterAll
  void away() {
    try (Operator _ = operator;
        Suite _ = suite) {
      // The operator ends last: what it made is its to remove.
    }
  }

  private URI address() {
    return URI.create(
        "http://"
            + suite.one("service", "matih-ml-ml-api").at("/spec/clusterIP").asString()
            + ":8000");
  }

  private String adminKey() {
    String encoded = suite.one("secret", "matih-ml-admin-key").at("/data/admin-key").asString();
    return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  @Test
  void the_walk_ended_as_it_does_everywhere() {
    assertThat(walked.stages()).containsEntry(1, "archived").containsEntry(2, "production");
    assertThat(walked.abTest().get("verdict").asString()).isEqualTo("better");
  }

  @Test
  void the_charts_own_test_asks_for_a_prediction_and_gets_it() {
    String prediction = Cluster.JSON.writeValueAsString(questionWithoutLookups());
    suite.upgrade(Size.DEV, SMALL_NODE, "--set-json=test.prediction=" + prediction);

    var said = suite.test();

    assertThat(said.worked()).as(said.words()).isTrue();
    assertThat(said.out()).contains("all services and engines are up", "predicted by version 2");
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void nobody_notices_a_rolling_update_nor_a_pod_that_is_deleted(String service) {
    String deployment = "deployment/matih-ml-" + service;
    try (Load load = load()) {
      load.awaitMore(20);
      cluster.kubectl("-n", NAMESPACE, "rollout", "restart", deployment);
      settled(service, 1);
      cluster.kubectl("-n", NAMESPACE, "scale", deployment, "--replicas=2");
      settled(service, 2);
      cluster.kubectl("-n", NAMESPACE, "delete", "pod", Suite.name(pods(service).getFirst()));
      settled(service, 2);
      cluster.kubectl("-n", NAMESPACE, "scale", deployment, "--replicas=1");
      settled(service, 1);
      load.awaitMore(20);

      assertThat(load.end()).as("of %s", load.answered()).isEmpty();
    }
  }

  /** The deployment is as it should be, and nobody is still leaving. */
  private void settled(String service, int pods) {
    cluster.kubectl(
        "-n", NAMESPACE, "rollout", "status", "deployment/matih-ml-" + service, "--timeout=300s");
    Cluster.await(() -> pods(service).size() == pods, () -> pods(service).toString());
  }

  /** The heap shall be larger than the container may be: a mistake that only the kernel finds. */
  @Test
  void a_pod_that_takes_too_much_memory_is_ended_and_the_old_one_goes_on() {
    try (Load load = load()) {
      load.awaitMore(20);
      suite.upgradeWithoutWaiting(
          Size.DEV,
          SMALL_NODE,
          "--set-string=services.feature-gateway.javaOptions=-Xms1g -XX:+AlwaysPreTouch");

      Cluster.await(
          () -> pods("feature-gateway").stream().anyMatch(NodeIT::wasKilledForMemory),
          () -> pods("feature-gateway").toString());
      suite.rollback(1);
      settled("feature-gateway", 1);
      load.awaitMore(20);

      assertThat(load.end()).as("of %s", load.answered()).isEmpty();
    }
  }

  private static boolean wasKilledForMemory(JsonNode pod) {
    JsonNode container = pod.at("/status/containerStatuses/0");
    return container.at("/lastState/terminated/reason").asString("").equals("OOMKilled")
        || container.at("/state/terminated/reason").asString("").equals("OOMKilled");
  }

  @Test
  void a_process_that_hangs_leaves_the_service_and_is_started_again() throws Exception {
    String service = "feature-gateway";
    JsonNode pod = pods(service).getFirst();
    int before = restarts(pod);

    signal(pod, "STOP");

    Cluster.await(() -> !ready(pods(service).getFirst()), () -> pods(service).toString());
    assertThat(door.get("/features").status()).isEqualTo(503);
    Cluster.await(
        () -> ready(pods(service).getFirst()) && restarts(pods(service).getFirst()) == before + 1,
        () -> pods(service).toString());
    assertThat(pods(service)).singleElement().extracting(Suite::name).isEqualTo(Suite.name(pod));
    door.get("/features").expect(200);
  }

  /**
   * Without a word, while another pod is there: callers are told to try again, and soon need not.
   */
  @ParameterizedTest
  @ValueSource(strings = {"model-registry-gateway", "feature-gateway", "serving-router"})
  void a_process_that_is_killed_costs_what_it_was_answering(String service) throws Exception {
    String deployment = "deployment/matih-ml-" + service;
    cluster.kubectl("-n", NAMESPACE, "scale", deployment, "--replicas=2");
    settled(service, 2);
    JsonNode pod = pods(service).getFirst();
    int before = restarted(service);
    try (Load load = load()) {
      load.awaitMore(20);

      signal(pod, "KILL");

      Cluster.await(() -> restarted(service) > before, () -> pods(service).toString());
      settled(service, 2);
      int failed = load.failed().size();
      load.awaitMore(50);
      assertThat(load.end()).as("none after it is back").hasSize(failed);
      assertThat(load.failed())
          .as("of %s", load.answered())
          .allSatisfy(
              failure -> assertThat(failure).containsPattern("answered (503|504), expected"));
      System.out.printf(
          "%s killed: %d of %s failed%n", service, failed, load.answered().toString());
    }
    cluster.kubectl("-n", NAMESPACE, "scale", deployment, "--replicas=1");
    settled(service, 1);
  }

  private int restarted(String service) {
    return pods(service).stream().mapToInt(NodeIT::restarts).sum();
  }

  /** To the service's process, from outside of its container. */
  private static void signal(JsonNode pod, String name) throws Exception {
    String group = "pod" + pod.at("/metadata/uid").asString();
    long process =
        ProcessHandle.allProcesses()
            .filter(candidate -> candidate.info().command().orElse("").endsWith("/java"))
            .filter(candidate -> inGroup(candidate.pid(), group))
            .findAny()
            .orElseThrow()
            .pid();
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process).start().waitFor()).isZero();
  }

  private static boolean inGroup(long process, String group) {
    try {
      return Files.readString(Path.of("/proc/" + process + "/cgroup")).contains(group);
    } catch (IOException gone) {
      return false;
    }
  }

  @Test
  void without_the_database_predictions_go_on_and_nobody_is_restarted() {
    Map<String, Object> question = questionWithoutLookups();
    Map<String, Integer> before = restarts();
    try (Load predictions =
        Load.of(Map.of("predict", () -> door.post("/predict", question).expect(200)))) {
      predictions.awaitMore(20);
      databases(0);
      try {
        Cluster.await(() -> registry() == 503, () -> "the registry answers " + registry());
        predictions.awaitMore(100);
      } finally {
        databases(1);
      }
      Cluster.await(() -> registry() == 200, () -> "the registry answers " + registry());

      assertThat(predictions.end()).as("of %s", predictions.answered()).isEmpty();
    }
    assertThat(restarts()).isEqualTo(before);
  }

  /** The head is told to go, and tells the job in its own ways before it is gone. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_job_outlives_the_head_of_ray(int iterationsBefore) {
    String job = submitLongJob();
    Cluster.await(
        () ->
            status(job).equals("running")
                && job(job).at("/progress/iteration").asInt(0) >= iterationsBefore,
        () -> job(job).toString());

    cluster.kubectl("-n", NAMESPACE, "delete", "pod", "-l", "ray.io/node-type=head");

    Cluster.await(() -> ENDED.contains(status(job)), () -> job(job).toString());
    JsonNode ended = job(job);
    assertThat(ended.get("status").asString()).as(ended.toString()).isEqualTo("succeeded");
    assertThat(ended.get("attempt").asInt()).as(ended.toString()).isGreaterThan(1);
  }

  private String submitLongJob() {
    String rows = "x,late\n" + "1,0\n2,0\n3,1\n4,1\n".repeat(50);
    String source =
        door.upload(
                "/training/datasets/lines",
                "text/csv",
                () -> new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8)),
                "<200 lines>")
            .expect(200, 201)
            .text("/source");
    return door.post(
            "/training/submit",
            Map.of(
                "name",
                "outlives",
                "experiment_id",
                walked.experiment(),
                "algorithm",
                "xgboost",
                "task",
                "classification",
                "dataset",
                Map.of("source", source),
                "target_column",
                "late",
                "hyperparameters",
                Map.of("num_boost_round", 2000),
                "resources",
                Map.of("num_workers", 1, "cpus_per_worker", 1)))
        .expect(202)
        .text("/job_id");
  }

  private JsonNode job(String id) {
    return door.get("/training/jobs/" + id).expect(200).json();
  }

  private String status(String job) {
    return job(job).get("status").asString();
  }

  private void databases(int pods) {
    cluster.kubectl(
        "-n", NAMESPACE, "scale", "statefulset/matih-ml-postgresql", "--replicas=" + pods);
  }

  private int registry() {
    return door.get("/models/" + walk.model() + "/policy").status();
  }

  /** All features are in the question. */
  private Map<String, Object> questionWithoutLookups() {
    return Map.of(
        "model_id",
        walk.model(),
        "features",
        Flights.installedIn(FLIGHTS).heldBack().getFirst().features());
  }

  /** Of all pods but the database's, by name. */
  private Map<String, Integer> restarts() {
    Map<String, Integer> restarts = new TreeMap<>();
    suite.pods("app.kubernetes.io/component!=postgresql").stream()
        .filter(pod -> pod.at("/status/phase").asString().equals("Running"))
        .forEach(pod -> restarts.put(Suite.name(pod), restarts(pod)));
    return restarts;
  }

  private static int restarts(JsonNode pod) {
    return pod.at("/status/containerStatuses/0/restartCount").asInt();
  }

  private static boolean ready(JsonNode pod) {
    return pod.at("/status/containerStatuses/0/ready").asBoolean();
  }

  private List<JsonNode> pods(String service) {
    return suite.pods("app.kubernetes.io/component=" + service);
  }

  /** What people and programs do all day, through every service. */
  private Load load() {
    return Load.of(
        Map.of(
            "predict", () -> door.post("/predict", walk.question("user-17")).expect(200),
            "registry", () -> door.get("/models/" + walk.model()).expect(200),
            "jobs", () -> door.get("/training/jobs").expect(200),
            "features", () -> door.get("/features").expect(200)));
  }
}
