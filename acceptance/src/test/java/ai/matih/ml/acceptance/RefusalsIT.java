package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Door;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input at each of the ten endpoints is a problem with field and reason, never a 500. */
class RefusalsIT {

  private static Door door;
  private static String experiment;

  @BeforeAll
  static void somethingToAskFor() {
    door = RunningPlatform.admin();
    experiment =
        door.post("/experiments", Map.of("name", "refusals-" + RunningPlatform.suffix()))
            .expect(201)
            .text("/id");
  }

  /**
   * The POST endpoints of the seed, each with a body that would be valid but for the field {@code
   * zzz}.
   */
  static Stream<Arguments> posts() {
    return Stream.of(
        Arguments.of("/experiments", "{\"name\":\"x\",\"zzz\":1}"),
        Arguments.of("/experiments/{experiment}/runs", "{\"name\":\"x\",\"zzz\":1}"),
        Arguments.of("/models", "{\"name\":\"x-y\",\"task\":\"classification\",\"zzz\":1}"),
        Arguments.of(
            "/models/nope/deploy",
            "{\"version\":1,\"engine\":\"onnx\",\"traffic\":{\"strategy\":\"none\"},\"zzz\":1}"),
        Arguments.of(
            "/models/nope/promote", "{\"version\":1,\"target_stage\":\"staging\",\"zzz\":1}"),
        Arguments.of("/predict", "{\"model_id\":\"nope\",\"features\":{},\"zzz\":1}"),
        Arguments.of(
            "/features/serve", "{\"features\":[\"a:b\"],\"entities\":{\"a\":[1]},\"zzz\":1}"),
        Arguments.of(
            "/training/submit",
            "{\"name\":\"x\",\"algorithm\":\"xgboost\",\"task\":\"classification\",\"target_column\":\"y\",\"dataset\":{\"source\":\"dataset:x\"},\"zzz\":1}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("posts")
  void an_unknown_field_is_named(String path, String body) {
    Answer answer = door.post(resolve(path), body);

    assertProblem(answer, 400);
    assertThat(answer.body()).contains("\"zzz\"");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("posts")
  void what_is_not_an_object_is_refused(String path, String body) {
    for (String broken : List.of("[]", "\"x\"", "{", "null", "", "{\"a\":1}{\"b\":2}", "\u0000")) {
      assertProblem(door.post(resolve(path), broken), 400);
    }
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    assertProblem(door.post(resolve(path), "{\"name\":" + deep + "}"), 400);
    assertThat(body).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("posts")
  void another_content_type_is_refused(String path, String body) {
    Answer answer =
        door.send("POST", resolve(path), body, Map.of("Content-Type", "application/xml"));
    assertProblem(answer, 415);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("posts")
  void a_body_beyond_the_limit_is_refused(String path, String body) {
    String large = "{\"name\":\"" + "x".repeat(40 << 20) + "\"}";
    assertProblem(door.post(resolve(path), large), 413);
    assertThat(body).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("posts")
  void values_of_a_wrong_type_are_refused(String path, String body) {
    String wrong =
        body.replaceAll(":(\"[^\"]*\"|\\d+|\\[[^\\]]*\\])", ":{\"not\":\"this\"}")
            .replace(",\"zzz\":{\"not\":\"this\"}", "");
    assertProblem(door.post(resolve(path), wrong), 400);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("posts")
  void nobody_gets_in_without_a_key(String path, String body) {
    assertProblem(door.anonymously().post(resolve(path), body), 401);
    assertProblem(door.as("mlk_" + "A".repeat(43)).post(resolve(path), body), 401);
  }

  /** Paths with an id, for each resource that the seed names. */
  static Stream<String> missing() {
    return Stream.of(
        "/experiments/999999999",
        "/experiments/999999999/runs",
        "/models/no-such-model",
        "/models/no-such-model/versions",
        "/models/no-such-model/versions/1",
        "/models/no-such-model/traffic",
        "/models/no-such-model/transitions",
        "/training/jobs/00000000-0000-0000-0000-000000000000",
        "/training/datasets/no-such-data",
        "/deployments/00000000-0000-0000-0000-000000000000",
        "/features/no_such_view",
        "/nothing/here");
  }

  @ParameterizedTest
  @MethodSource("missing")
  void what_is_not_there_is_a_404(String path) {
    assertProblem(door.get(path), 404);
  }

  static Stream<String> hostile() {
    return Stream.of(
            "..%2f..%2fetc%2fpasswd",
            "%00",
            "a%0d%0aX-Injected:%20yes",
            "'%20or%201=1--",
            "%3Cscript%3E",
            "x".repeat(3_000),
            "%F0%9F%92%A5",
            "-1",
            "1e9")
        .flatMap(
            name ->
                Stream.of(
                    "/experiments/" + name,
                    "/models/" + name,
                    "/models/" + name + "/versions/1",
                    "/training/jobs/" + name,
                    "/training/datasets/" + name,
                    "/deployments/" + name,
                    "/features/" + name));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void a_hostile_name_is_refused_or_not_found(String path) {
    Answer answer = door.get(path);

    assertThat(answer.status()).as(answer.body()).isIn(400, 404, 414);
    assertThat(answer.header("X-Injected")).isEmpty();
    assertThat(answer.body())
        .doesNotContain("root:", "Exception", "ai.matih", "SELECT ", "select ");
  }

  @Test
  void a_promotion_without_evidence_says_what_is_missing() {
    String model = "bare-" + RunningPlatform.suffix();
    door.post("/models", Map.of("name", model, "task", "classification")).expect(201);

    assertProblem(
        door.post("/models/" + model + "/promote", Map.of("version", 1, "target_stage", "staging")),
        404);
    assertProblem(
        door.post("/models/" + model + "/promote", Map.of("version", 1, "target_stage", "heaven")),
        400);
  }

  @Test
  void a_viewer_changes_nothing() {
    Door viewer = RunningPlatform.holding("viewer");

    viewer.get("/models").expect(200);
    posts()
        .map(a -> (String) a.get()[0])
        .filter(path -> !path.equals("/features/serve"))
        .forEach(path -> assertProblem(viewer.post(resolve(path), "{}"), 400, 403));
  }

  private static String resolve(String path) {
    return path.replace("{experiment}", experiment);
  }

  private static void assertProblem(Answer answer, int... statuses) {
    assertThat(statuses).as("%s: %s", answer.call(), answer.body()).contains(answer.status());
    assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
    assertThat(answer.text("/code")).matches("[A-Z][A-Za-z]+:[A-Z][A-Za-z]+");
    assertThat(answer.text("/detail")).isNotEmpty();
    assertThat(answer.body()).doesNotContain("Exception", "\tat ", "ai.matih");
  }
}
