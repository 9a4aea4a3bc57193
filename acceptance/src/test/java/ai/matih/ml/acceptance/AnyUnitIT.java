package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * A regression reaches Production whatever the unit of its target is. {@code -Dmatih.matrix=true}
 * walks with every algorithm and unit.
 */
class AnyUnitIT {

  private static final int ROWS = 300;
  private static final long SEED = 20261129;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Door administrator = RunningPlatform.admin();
  private Door walker = administrator;
  private Door reviewer = administrator;

  /** The two that differ most; learning in each unit by each algorithm is tested in Python. */
  private static List<Arguments> walks() {
    Stream<String> units = Stream.of("dollars", "millionths", "both_signs");
    return Boolean.getBoolean("matih.matrix")
        ? units
            .flatMap(
                unit ->
                    Stream.of("xgboost", "random_forest")
                        .map(algorithm -> Arguments.of(algorithm, unit)))
            .toList()
        : List.of(
            Arguments.of("xgboost", "both_signs"), Arguments.of("random_forest", "millionths"));
  }

  @BeforeEach
  void makeKeys() {
    walker = administrator.as(RunningPlatform.key("default", "admin", "user:sam"));
    reviewer = administrator.as(RunningPlatform.key("default", "reviewer", "user:rita"));
  }

  @ParameterizedTest(name = "{0} in {1}")
  @MethodSource("walks")
  void a_regression_goes_from_upload_to_production(String algorithm, String target) {
    String model = "house-" + target.replace('_', '-') + "-" + RunningPlatform.suffix();
    String experiment = walker.post("/experiments", Map.of("name", model)).expect(201).text("/id");
    walker.post("/models", Map.of("name", model, "task", "regression")).expect(201);
    String policy =
        walker.get("/models/" + model + "/policy").expect(200).header("ETag").orElseThrow();
    walker
        .put(
            "/models/" + model + "/policy",
            Map.of("baseline", List.of(Map.of("metric", "r2", "min", 0.5))),
            policy)
        .expect(200);

    train(model, experiment, algorithm, target);
    promote(model, "staging", 200);
    String deployment =
        walker
            .post(
                "/models/" + model + "/deploy",
                Map.of("version", 1, "engine", "onnx", "traffic", Map.of("strategy", "none")))
            .expect(202)
            .text("/id");
    await(
        "the deployment",
        "/deployments/" + deployment,
        seen -> seen.path("status").asString("").equals("ready"));
    String transition =
        "/models/%s/transitions/%s"
            .formatted(model, promote(model, "production", 202).path("id").asString());
    await(
        "the integration tests",
        transition,
        seen ->
            seen.path("conditions")
                .valueStream()
                .filter(one -> one.path("type").asString().equals("IntegrationTestsPassed"))
                .anyMatch(one -> one.path("status").asString().equalsIgnoreCase("met")));
    reviewer
        .post(transition + "/approve", Map.of("comment", "The numbers are right"))
        .expect(200, 202);
    await("Production", transition, seen -> seen.path("status").asString("").equals("completed"));

    JsonNode version = walker.get("/models/" + model + "/versions/1").expect(200).json();
    assertThat(version.path("stage").asString()).isEqualTo("production");
    assertThat(version.path("bundle_format").asInt()).isEqualTo(2);
    assertThat(version.path("onnx").asString()).isEqualTo("verified");
  }

  private void train(String model, String experiment, String algorithm, String target) {
    byte[] csv = houses(target).getBytes(StandardCharsets.UTF_8);
    String source =
        walker
            .upload(
                "/training/datasets/" + model,
                "text/csv",
                () -> new ByteArrayInputStream(csv),
                "houses")
            .expect(200, 201)
            .text("/source");
    String rounds = algorithm.equals("xgboost") ? "num_boost_round" : "n_estimators";
    String job =
        walker
            .post(
                "/training/submit",
                Map.of(
                    "name",
                    model,
                    "experiment_id",
                    experiment,
                    "algorithm",
                    algorithm,
                    "task",
                    "regression",
                    "dataset",
                    Map.of("source", source),
                    "target_column",
                    "price",
                    "hyperparameters",
                    Map.of("max_depth", 5, rounds, 40),
                    "resources",
                    Map.of("num_workers", 1, "cpus_per_worker", 1),
                    "register",
                    Map.of("model_id", model)))
            .expect(202)
            .text("/job_id");
    JsonNode ended =
        await(
            "the training",
            "/training/jobs/" + job,
            seen ->
                List.of("succeeded", "failed", "cancelled")
                    .contains(seen.path("status").asString("")));
    assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
    await(
        "the platform's checks",
        "/models/" + model + "/versions/1",
        seen -> seen.path("validation").asString("").equals("done"));
  }

  private JsonNode promote(String model, String stage, int status) {
    return walker
        .post(
            "/models/" + model + "/promote",
            Map.of("version", 1, "target_stage", stage, "reason", "the walk"))
        .expect(status)
        .json();
  }

  private JsonNode await(String what, String path, Predicate<JsonNode> reached) {
    return Await.until(what, PATIENCE, () -> walker.get(path).expect(200).json(), reached);
  }

  /** Made houses: the price follows size, rooms and district, and a little chance. */
  private static String houses(String target) {
    Random random = new Random(SEED);
    StringBuilder csv = new StringBuilder("square_metres,rooms,district,price\n");
    for (int row = 0; row < ROWS; row++) {
      int size = 30 + random.nextInt(270);
      int rooms = 1 + size / 40 + random.nextInt(2);
      int district = random.nextInt(4);
      double dollars =
          Math.clamp(
              size * (900 + 1_500 * district) + rooms * 8_000 + random.nextGaussian() * 15_000,
              50_000,
              2_000_000);
      csv.append(
          "%d,%d,%s,%s%n"
              .formatted(
                  size,
                  rooms,
                  List.of("east", "north", "south", "west").get(district),
                  switch (target) {
                    case "dollars" -> dollars;
                    // 50 to 2,000 millionths: XGBoost makes no split that gains less than 1e-6.
                    case "millionths" -> dollars * 1e-9;
                    default -> (dollars - 600_000) / 1_000;
                  }));
    }
    return csv.toString();
  }
}
