package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** REST and the MLflow-compatible door take the same things, which are those that MLflow takes. */
class MlflowAgreementIT {

  private static final String MLFLOW = "/api/2.0/mlflow/";
  private static final String EXPERIMENTS = "/api/v1/ml/experiments";

  private final RunningDoor door = RunningDoor.get();
  private String key = "";
  private String experiment = "";
  private String run = "";

  @BeforeEach
  void start_a_run_of_a_fresh_tenant() {
    key = door.key(door.freshTenant(), "data-scientist", "user:alice");
    experiment = door.post(key, EXPERIMENTS, Map.of("name", "e")).json().get("id").asString();
    run = newRun();
  }

  private String newRun() {
    return door.post(key, EXPERIMENTS + "/" + experiment + "/runs", Map.of())
        .json()
        .get("run_id")
        .asString();
  }

  static Stream<String> names() {
    return Stream.of(
        "auc",
        "précision",
        "точность",
        "精度",
        "𠀀",
        "Ⅷ",
        "²",
        "e\u0301",
        "😀",
        "a b",
        " a",
        "a:b",
        "val/loss",
        "a//b",
        "/a",
        "a/",
        "..a",
        "a/..b",
        "a/../b",
        ".",
        ".a",
        "a,b",
        "a%41",
        "a\tb",
        "精".repeat(250),
        "精".repeat(251),
        "𠀀".repeat(250),
        "a".repeat(251));
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_name_is_taken_by_both_or_by_none(String name) {
    Answer metric =
        mlflow("log-metric", Map.of("run_id", run, "key", name, "value", 1, "timestamp", 1));
    Answer param = mlflow("log-parameter", Map.of("run_id", run, "key", name, "value", "1"));
    Answer tag = mlflow("set-tag", Map.of("run_id", run, "key", name, "value", "1"));
    List<Integer> ofMlflow = List.of(metric.status(), param.status(), tag.status());

    String path = EXPERIMENTS + "/" + experiment + "/runs/" + newRun();
    Map<String, String> entry = Map.of(name, "1");
    Answer rest = log(path, Map.of("metrics", List.of(Map.of("key", name, "value", 1))));
    List<Integer> ofRest =
        List.of(
            rest.status(),
            log(path, Map.of("params", entry)).status(),
            log(path, Map.of("tags", entry)).status());

    assertThat(ofMlflow).as(metric.text() + param.text() + tag.text()).isEqualTo(ofRest);
    assertThat(ofRest).as(rest.text()).containsAnyOf(200, 400).doesNotContain(500, 502);
    if (rest.status() == 200) {
      Answer history =
          door.get(
              key,
              path
                  + "/metrics/"
                  + URLEncoder.encode(name, StandardCharsets.UTF_8)
                      .replace("+", "%20")
                      .replace("%2F", "/"));
      assertThat(history.status()).as(history.text()).isEqualTo(200);
      assertThat(history.json().get("items")).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "256, 200",
    "257, 400",
  })
  void an_experiments_name_has_one_limit(int length, int status) {
    for (String letter : List.of("a", "精", "😀")) {
      String name = letter.repeat(length - 4);
      assertThat(
              door.post(key, MLFLOW + "experiments/create", Map.of("name", "mlf-" + name)).status())
          .isEqualTo(status);
      assertThat(door.post(key, EXPERIMENTS, Map.of("name", "/re/" + name)).status())
          .isEqualTo(status == 200 ? 201 : 400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "250, 200",
    "251, 400",
  })
  void a_runs_name_has_one_limit(int length, int status) {
    for (String letter : List.of("a", "精", "😀")) {
      String name = letter.repeat(length);
      Answer made = mlflow("create", Map.of("experiment_id", experiment, "run_name", name));
      assertThat(made.status()).as(made.text()).isEqualTo(status);
      assertThat(
              door.post(key, EXPERIMENTS + "/" + experiment + "/runs", Map.of("name", name))
                  .status())
          .isEqualTo(status == 200 ? 201 : 400);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.7976931348623157e308 | 200",
        "\"NaN\" | 200",
        "\"Infinity\" | 200",
        "\"-Infinity\" | 200",
        "-0.0 | 200",
        "1e400 | 400",
        "-1e400 | 400",
        "\"one\" | 400",
        "true | 400",
        "null | 400",
      })
  void a_value_is_taken_by_both_or_by_none(String value, int status) {
    Answer ofMlflow =
        door.post(
            key,
            MLFLOW + "runs/log-metric",
            "{\"run_id\":\"" + run + "\",\"key\":\"m\",\"timestamp\":1,\"value\":" + value + "}");
    assertThat(ofMlflow.status()).as(ofMlflow.text()).isEqualTo(status);
    String other = newRun();
    Answer ofRest =
        door.post(
            key,
            EXPERIMENTS + "/" + experiment + "/runs/" + other + "/log",
            "{\"metrics\":[{\"key\":\"m\",\"value\":" + value + "}]}");
    assertThat(ofRest.status()).as(ofRest.text()).isEqualTo(status);
    if (status == 200) {
      assertThat(valueOf(run)).isEqualTo(valueOf(other));
    }
  }

  private String valueOf(String of) {
    return door.get(key, MLFLOW + "runs/get?run_id=" + of)
        .json()
        .at("/run/data/metrics/0/value")
        .asString();
  }

  @Test
  void twelve_writers_of_one_batch_all_get_through() throws Exception {
    List<Map<String, Object>> metrics = new ArrayList<>();
    List<Map<String, Object>> params = new ArrayList<>();
    List<Map<String, Object>> tags = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      metrics.add(Map.of("key", "m" + i, "value", i, "timestamp", 1, "step", 1));
      params.add(Map.of("key", "p" + i, "value", "v"));
      tags.add(Map.of("key", "t" + i, "value", "v"));
    }
    for (int round = 0; round < 4; round++) {
      String of = newRun();
      assertThat(
              together(
                  () ->
                      mlflow(
                          "log-batch",
                          Map.of(
                              "run_id", of, "metrics", metrics, "params", params, "tags", tags))))
          .allSatisfy(answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(200));
      String path = EXPERIMENTS + "/" + experiment + "/runs/" + newRun();
      Map<String, Object> batch =
          Map.of(
              "metrics",
              List.of(Map.of("key", "m", "value", 1, "timestamp", "2026-01-01T00:00:00Z")),
              "params",
              Map.of("a", "1", "b", "2"),
              "tags",
              Map.of("a", "1", "b", "2"));
      assertThat(together(() -> log(path, batch)))
          .allSatisfy(answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(200));
      String one = newRun();
      assertThat(
              together(
                  () -> mlflow("log-parameter", Map.of("run_id", one, "key", "p", "value", "1"))))
          .allSatisfy(answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(200));
      assertThat(together(() -> mlflow("set-tag", Map.of("run_id", one, "key", "t", "value", "1"))))
          .allSatisfy(answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(200));
      assertThat(
              together(
                  () ->
                      mlflow(
                          "log-metric",
                          Map.of("run_id", one, "key", "m", "value", 1, "timestamp", 1))))
          .allSatisfy(answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(200));
      assertThat(
              together(
                  () ->
                      mlflow(
                          "log-inputs",
                          Map.of(
                              "run_id",
                              one,
                              "datasets",
                              List.of(
                                  Map.of(
                                      "dataset",
                                      Map.of(
                                          "name",
                                          "d",
                                          "digest",
                                          "1",
                                          "source_type",
                                          "local",
                                          "source",
                                          "{}")))))))
          .allSatisfy(answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(200));
    }
  }

  @Test
  void of_twelve_who_make_one_experiment_one_does_and_all_learn_its_name_is_taken()
      throws Exception {
    List<Answer> answers =
        together(() -> door.post(key, MLFLOW + "experiments/create", Map.of("name", "one")));
    assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 200)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).isEqualTo(400);
              assertThat(answer.json().get("error_code").asString())
                  .isEqualTo("RESOURCE_ALREADY_EXISTS");
            });
    assertThat(together(() -> door.post(key, EXPERIMENTS, Map.of("name", "two"))))
        .extracting(Answer::status)
        .containsOnlyOnce(201)
        .containsOnly(201, 409);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "experiments/update | {'experiment_id':'EXP','new_name':'taken'} | RESOURCE_ALREADY_EXISTS"
            + " | taken",
        "experiments/create | {'name':'taken'} | RESOURCE_ALREADY_EXISTS | Experiment(name=taken)"
            + " already exists.",
        "runs/log-parameter | {'run_id':'RUN','key':'a,b','value':'1'} | INVALID_PARAMETER_VALUE |"
            + " Invalid value \"a,b\" for parameter",
        "runs/log-parameter | {'run_id':'RUN','key':'depth','value':'4'} | INVALID_PARAMETER_VALUE"
            + " | key='depth' was already logged with value='3'",
        "runs/search | {'experiment_ids':['EXP'],'filter':'metrics.a >< 1'} |"
            + " INVALID_PARAMETER_VALUE | Invalid comparator",
        "runs/search | {'experiment_ids':['EXP'],'order_by':['x.y UP']} | INVALID_PARAMETER_VALUE |"
            + " order_by",
        "runs/set-tag | {'run_id':'RUN','key':'mlflow.runName','value':'LONG'} |"
            + " INVALID_PARAMETER_VALUE | longer",
        "runs/set-tag | {'run_id':'DELETED','key':'a','value':'b'} | INVALID_PARAMETER_VALUE |"
            + " 'active' state",
        "runs/create | {'experiment_id':'GONE'} | INVALID_PARAMETER_VALUE | 'active' state",
        "runs/delete-tag | {'run_id':'RUN','key':'none'} | RESOURCE_DOES_NOT_EXIST | none",
        "runs/get?run_id=ffffffffffffffffffffffffffffffff | | RESOURCE_DOES_NOT_EXIST |"
            + " ffffffffffffffffffffffffffffffff",
        "runs/log-metric | {'run_id':'RUN','key':'m','value':1,'timestamp':-1} |"
            + " INVALID_PARAMETER_VALUE | timestamp",
      })
  void a_refusal_keeps_its_reason(String call, String body, String code, String reason) {
    door.post(key, EXPERIMENTS, Map.of("name", "taken"));
    mlflow("log-parameter", Map.of("run_id", run, "key", "depth", "value", "3"));
    String deleted = newRun();
    mlflow("delete", Map.of("run_id", deleted));
    String gone = door.post(key, EXPERIMENTS, Map.of("name", "gone")).json().get("id").asString();
    door.delete(key, EXPERIMENTS + "/" + gone);
    Answer answer =
        body == null
            ? door.get(key, MLFLOW + call)
            : door.post(
                key,
                MLFLOW + call,
                body.replace('\'', '"')
                    .replace("EXP", experiment)
                    .replace("RUN", run)
                    .replace("DELETED", deleted)
                    .replace("GONE", gone)
                    .replace("LONG", "x".repeat(251)));
    assertThat(answer.status()).as(answer.text()).isBetween(400, 404);
    assertThat(answer.json().get("error_code").asString()).as(answer.text()).isEqualTo(code);
    assertThat(answer.json().get("message").asString())
        .contains(reason)
        .doesNotContain("psycopg2", "SQL", "sqlalche");
  }

  @Test
  void a_search_without_regard_to_case_knows_every_script() {
    for (String name : List.of("ÜBUNG", "ГОД", "Ωmega")) {
      door.post(key, EXPERIMENTS, Map.of("name", name));
      String asked =
          URLEncoder.encode(name.toLowerCase(java.util.Locale.ROOT), StandardCharsets.UTF_8);
      assertThat(door.get(key, EXPERIMENTS + "?name_contains=" + asked).json().get("items"))
          .as(name)
          .hasSize(1);
    }
  }

  private Answer mlflow(String call, Map<String, ?> body) {
    return door.post(key, MLFLOW + "runs/" + call, body);
  }

  private Answer log(String run, Map<String, ?> body) {
    return door.post(key, run + "/log", body);
  }

  /** Twelve at the same moment. */
  private static List<Answer> together(java.util.function.Supplier<Answer> call)
      throws InterruptedException, ExecutionException {
    CountDownLatch start = new CountDownLatch(1);
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(12)) {
      List<Future<Answer>> calls =
          IntStream.range(0, 12)
              .mapToObj(
                  _ ->
                      workers.submit(
                          () -> {
                            start.await();
                            return call.get();
                          }))
              .toList();
      start.countDown();
      for (Future<Answer> one : calls) {
        answers.add(one.get());
      }
    }
    return answers;
  }
}
