package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happens to a regression between its first Production version and its end: its policy is
 * read, edited and put back, a version with another input stands beside it and wins a test by its
 * smaller error, an approval that comes before the tests stays, and the model is retired and
 * brought back.
 */
class LifeJourneyIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int ROWS = 300;
  private static final int CALLERS_PER_LOOK = 100;
  private static final int MOST_CALLERS = 1_000;

  private final String model = "life-" + RunningPlatform.suffix();
  private final String path = "/models/" + model;
  private final Random random = new Random(20261130);
  private final String tenant = "t" + RunningPlatform.suffix();
  private Door door = RunningPlatform.admin();
  private Door reviewer = door;
  private String source = "";

  /** One caller: what it sends, and what will have been true. */
  private record Case(int size, double noise, double truth) {

    Map<String, Object> inputs() {
      Map<String, Object> inputs = new LinkedHashMap<>();
      inputs.put("noise", noise);
      inputs.put("size", size);
      return inputs;
    }
  }

  @BeforeEach
  void aTenantWithData() {
    door = door.as(RunningPlatform.key(tenant, "admin", "user:lena"));
    reviewer = door.as(RunningPlatform.key(tenant, "reviewer", "user:rita"));
    StringBuilder csv = new StringBuilder("noise,size,weight\n");
    for (int row = 0; row < ROWS; row++) {
      Case one = next();
      csv.append("%s,%d,%s%n".formatted(one.noise(), one.size(), one.truth()));
    }
    byte[] table = csv.toString().getBytes(StandardCharsets.UTF_8);
    source =
        door.upload(
                "/training/datasets/sizes",
                "text/csv",
                () -> new ByteArrayInputStream(table),
                "sizes")
            .expect(201)
            .text("/source");
    door.post("/models", Map.of("name", model, "task", "regression")).expect(201);
  }

  @Test
  void a_model_lives_ends_and_returns() {
    editPolicy();
    train(1, List.of("noise"));
    toProduction(1);
    askByTheOpenProtocol();
    train(2, List.of("noise", "size"));
    String transition = approvedAtOnce();
    standBeside(transition);
    winTest();
    await("Production", path + "/transitions/" + transition, LifeJourneyIT::isCompleted);
    assertThat(approvals(transition)).as("the approval stays").isEqualTo(1);
    retire();
    comeBack();
  }

  /** The document that was read, with one rule more, is what goes back. */
  private void editPolicy() {
    Answer read = door.get(path + "/policy").expect(200);
    ObjectNode policy = (ObjectNode) read.json();
    policy.putArray("baseline").addObject().put("metric", "r2").put("min", -1);
    policy.putObject("drain").put("quiet_period", "PT2S");
    policy.putObject("shadow").put("min_rows", 20);
    String revision = read.header("ETag").orElseThrow();

    Answer changed = door.put(path + "/policy", policy, revision).expect(200);

    assertThat(changed.json().at("/baseline/0/metric").asString()).isEqualTo("r2");
    assertThat(changed.json().path("approvals")).isEqualTo(read.json().path("approvals"));
    door.put(path + "/policy", policy, revision).expect(412);
  }

  private void train(int version, List<String> columns) {
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("name", model);
    job.put("experiment_id", experiment());
    job.put("algorithm", "linear_regression");
    job.put("task", "regression");
    job.put("dataset", Map.of("source", source));
    job.put("target_column", "weight");
    job.put("feature_columns", columns);
    job.put("resources", Map.of("num_workers", 1, "cpus_per_worker", 1));
    job.put("register", Map.of("model_id", model));
    String id = door.post("/training/submit", job).expect(202).text("/job_id");
    JsonNode ended =
        await(
            "the training",
            "/training/jobs/" + id,
            seen -> List.of("succeeded", "failed", "cancelled").contains(status(seen)));
    assertThat(status(ended)).as(ended.toString()).isEqualTo("succeeded");
    await(
        "the platform's checks",
        path + "/versions/" + version,
        seen -> seen.path("validation").asString("").equals("done"));
    promote(version, "staging").expect(200);
  }

  private String experiment() {
    JsonNode found = door.get("/experiments?name_contains=" + model).expect(200).json();
    return found.path("items").isEmpty()
        ? door.post("/experiments", Map.of("name", model)).expect(201).text("/id")
        : found.at("/items/0/id").asString();
  }

  private void toProduction(int version) {
    deploy(version);
    String transition = promote(version, "production").expect(202).text("/id");
    approve(transition);
    await("Production", path + "/transitions/" + transition, LifeJourneyIT::isCompleted);
    Answer traffic = door.get(path + "/traffic").expect(200);
    door.put(
            path + "/traffic",
            Map.of("targets", List.of(Map.of("version", version, "weight_bps", 10_000))),
            traffic.header("ETag").orElseThrow())
        .expect(200, 202);
    await(
        "the routers",
        path + "/traffic",
        seen -> seen.path("acknowledged_by_all").asBoolean(false));
  }

  /** By an application's key: the same answer as to {@code /predict}. */
  private void askByTheOpenProtocol() {
    Door app = door.as(RunningPlatform.key(tenant, "inference", "user:app"));
    double expected =
        app.post("/predict", Map.of("model_id", model, "features", Map.of("noise", 0.5)))
            .expect(200)
            .json()
            .path("prediction")
            .asDouble();
    Map<String, Object> noise =
        Map.of("name", "noise", "datatype", "FP64", "shape", List.of(1), "data", List.of(0.5));

    JsonNode answer =
        app.post(
                Door.OPEN_INFERENCE + "models/" + model + "/infer",
                Map.of("inputs", List.of(noise)))
            .expect(200)
            .json();

    assertThat(answer.path("model_version").asString()).isEqualTo("1");
    assertThat(answer.at("/outputs/0/data/0").asDouble()).isCloseTo(expected, within(1e-4));
  }

  private void deploy(int version) {
    JsonNode deployed =
        door.post(
                path + "/deploy",
                Map.of("version", version, "engine", "onnx", "traffic", Map.of("strategy", "none")))
            .expect(202)
            .json();
    await(
        "the deployment",
        "/deployments/" + deployed.path("id").asString(),
        seen -> status(seen).equals("ready"));
  }

  /** Nothing is known of the tests yet; what they say later does not contradict it. */
  private String approvedAtOnce() {
    deploy(2);
    String transition = promote(2, "production").expect(202).text("/id");
    approve(transition);
    assertThat(approvals(transition)).isEqualTo(1);
    return transition;
  }

  /** The policy asks for a shadow, which no caller gets an answer from. */
  private void standBeside(String transition) {
    assertThat(shadowCondition(transition).path("reason").asString()).isEqualTo("NotShadowed");
    JsonNode deployed =
        door.post(
                path + "/deploy",
                Map.of(
                    "version",
                    2,
                    "traffic",
                    Map.of("strategy", "shadow"),
                    "inputs",
                    Map.of("defaults", Map.of("size", 10))))
            .expect(202)
            .json();
    assertThat(deployed.path("id").asString()).isNotEmpty();
    String shadow = door.get(path + "/shadows").expect(200).text("/items/0/id");
    await(
        "twenty rows",
        path + "/shadows/" + shadow,
        seen -> {
          JsonNode answer =
              door.post(
                      "/predict",
                      Map.of("model_id", model, "features", Map.of("noise", random.nextDouble())))
                  .expect(200)
                  .json();
          assertThat(answer.path("model_version").asInt()).isEqualTo(1);
          return seen.at("/comparisons/0/rows").asInt() >= 20;
        });
    await(
        "the gate",
        path + "/transitions/" + transition,
        seen -> shadowCondition(seen).path("status").asString().equals("met"));
    assertThat(
            door.post(path + "/shadows/" + shadow + "/end", Map.of()).expect(200).text("/status"))
        .isEqualTo("ended");
    door.post(path + "/deploy", Map.of("version", 2, "inputs", Map.of())).expect(202);
  }

  private JsonNode shadowCondition(String transition) {
    return shadowCondition(door.get(path + "/transitions/" + transition).expect(200).json());
  }

  private static JsonNode shadowCondition(JsonNode transition) {
    return transition
        .path("conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asString().equals("ShadowAgrees"))
        .findFirst()
        .orElseThrow();
  }

  private void approve(String transition) {
    door.post(path + "/transitions/" + transition + "/approve", Map.of()).expect(403, 409);
    reviewer
        .post(path + "/transitions/" + transition + "/approve", Map.of("comment", "looks right"))
        .expect(200, 202);
  }

  /** Approvals that count. */
  private long approvals(String transition) {
    return door.get(path + "/transitions/" + transition)
        .expect(200)
        .json()
        .path("approvals")
        .valueStream()
        .filter(approval -> !approval.has("voided_at"))
        .count();
  }

  /** Callers send the inputs of both versions; one of the two reads only the first. */
  private void winTest() {
    String test =
        door.post(
                path + "/ab-tests",
                Map.of(
                    "version",
                    2,
                    "weight_bps",
                    5_000,
                    "metric",
                    Map.of("name", "error", "kind", "mean", "direction", "minimize"),
                    "expected_difference",
                    50))
            .expect(201)
            .text("/id");
    await(
        "the routers",
        path + "/traffic",
        seen ->
            seen.path("acknowledged_by_all").asBoolean(false) && seen.path("targets").size() == 2);
    JsonNode seen = door.get(path + "/ab-tests/" + test).expect(200).json();
    for (int asked = 0; status(seen).equals("running") && asked < MOST_CALLERS; ) {
      List<Map<String, Object>> outcomes = new ArrayList<>();
      for (int caller = 0; caller < CALLERS_PER_LOOK; caller++) {
        outcomes.add(outcome("caller-" + asked++));
      }
      door.post("/predict/outcomes", Map.of("model_id", model, "outcomes", outcomes)).expect(200);
      int reported = asked;
      seen =
          await(
              "the next look",
              path + "/ab-tests/" + test,
              look ->
                  !status(look).equals("running")
                      || look.at("/control/outcomes").asInt()
                              + look.at("/challenger/outcomes").asInt()
                          == reported);
    }
    assertThat(seen.path("verdict").asString()).as(seen.toString()).isEqualTo("better");
  }

  private Map<String, Object> outcome(String caller) {
    Case one = next();
    JsonNode answer =
        door.post(
                "/predict", Map.of("model_id", model, "features", one.inputs(), "unit_id", caller))
            .expect(200)
            .json();
    double error = Math.abs(answer.path("prediction").asDouble() - one.truth());
    return Map.of("unit_id", caller, "value", error);
  }

  /** By two people, and once nothing answers any more. */
  private void retire() {
    Map<String, Object> reason = Map.of("reason", "nobody asks any more");
    String transition = door.post(path + "/retire", reason).expect(202).text("/id");
    approve(transition);
    assertThat(door.get(path).expect(200).json().has("retirement")).as("still answers").isFalse();
    door.get("/deployments?model_id=" + model)
        .expect(200)
        .json()
        .path("items")
        .forEach(one -> door.delete("/deployments/" + one.path("id").asString()).expect(202, 409));
    await("the end", path + "/transitions/" + transition, LifeJourneyIT::isCompleted);

    Answer refused =
        door.post(
            "/predict",
            Map.of("model_id", model, "features", next().inputs(), "unit_id", "caller-late"));
    assertThat(refused.expect(409).text("/code")).isEqualTo("Serving:NoTraffic");
    JsonNode pinned =
        door.post(
                "/predict",
                Map.of(
                    "model_id",
                    model,
                    "features",
                    next().inputs(),
                    "options",
                    Map.of("version", 2)))
            .expect(404)
            .json();
    assertThat(pinned.path("code").asString()).startsWith("Serving:");
    assertThat(promote(2, "staging").expect(409).text("/code")).isEqualTo("Registry:ModelRetired");
    assertThat(door.get(path).expect(200).text("/retirement/reason"))
        .isEqualTo("nobody asks any more");
  }

  private void comeBack() {
    door.post(path + "/reactivate", Map.of("reason", "asked for again")).expect(204);
    assertThat(door.get(path).expect(200).json().has("retirement")).isFalse();
    train(3, List.of("size"));
  }

  private Answer promote(int version, String stage) {
    return door.post(
        path + "/promote",
        Map.of("version", version, "target_stage", stage, "reason", "the journey"));
  }

  private Case next() {
    int size = random.nextInt(100);
    return new Case(size, random.nextDouble(), 3 * size + 10 * random.nextGaussian());
  }

  private JsonNode await(String what, String where, Predicate<JsonNode> reached) {
    return Await.until(what, PATIENCE, () -> door.get(where).expect(200).json(), reached);
  }

  private static boolean isCompleted(JsonNode transition) {
    return status(transition).equals("completed");
  }

  private static String status(JsonNode seen) {
    return seen.path("status").asString("");
  }
}
