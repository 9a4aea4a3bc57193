package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Experiments and runs over HTTP, on a real MLflow. */
class ExperimentsIT {

  private static final String EXPERIMENTS = "/api/v1/ml/experiments";

  private final RunningDoor door = RunningDoor.get();
  private String tenant = "";
  private String key = "";

  @BeforeEach
  void take_a_fresh_tenant() {
    tenant = door.freshTenant();
    key = door.key(tenant, "data-scientist", "user:alice");
  }

  @Test
  void an_experiment_is_made_found_changed_deleted_and_restored() {
    Answer made =
        door.post(
            key,
            EXPERIMENTS,
            Map.of("name", "churn", "description", "who leaves", "tags", Map.of("team", "crm")));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    String id = made.json().get("id").asString();
    assertThat(made.header("Location")).isEqualTo(EXPERIMENTS + "/" + id);
    assertThat(made.json().get("description").asString()).isEqualTo("who leaves");
    assertThat(made.json().at("/tags/team").asString()).isEqualTo("crm");
    assertThat(made.json().get("lifecycle_stage").asString()).isEqualTo("active");
    assertThat(made.text()).doesNotContain("matih.request");

    door.post(key, EXPERIMENTS, Map.of("name", "fraud"));
    assertThat(names(door.get(key, EXPERIMENTS))).containsExactly("fraud", "churn");
    assertThat(names(door.get(key, EXPERIMENTS + "?name_contains=HUR"))).containsExactly("churn");
    Answer first = door.get(key, EXPERIMENTS + "?page_size=1");
    assertThat(names(first)).containsExactly("fraud");
    assertThat(
            names(
                door.get(
                    key,
                    EXPERIMENTS
                        + "?page_size=1&page_token="
                        + first.json().get("next_page_token").asString())))
        .containsExactly("churn");

    Answer changed =
        door.json(
            key,
            "PATCH",
            EXPERIMENTS + "/" + id,
            Map.of("name", "churn-2", "description", "d2", "tags", Map.of("a", "b")));
    assertThat(changed.json().get("name").asString()).as(changed.text()).isEqualTo("churn-2");
    assertThat(changed.json().at("/tags/a").asString()).isEqualTo("b");
    assertThat(changed.json().at("/tags/team").asString()).isEqualTo("crm");
    assertThat(door.json(key, "PATCH", EXPERIMENTS + "/" + id, Map.of("name", "fraud")).code())
        .isEqualTo("Api:ExperimentNameTaken");

    String run =
        EXPERIMENTS
            + "/"
            + id
            + "/runs/"
            + door.post(key, EXPERIMENTS + "/" + id + "/runs", "{}")
                .json()
                .get("run_id")
                .asString();
    assertThat(door.delete(key, EXPERIMENTS + "/" + id).status()).isEqualTo(204);
    assertThat(door.delete(key, EXPERIMENTS + "/" + id).status()).isEqualTo(204);
    assertThat(door.json(key, "PATCH", run, Map.of("name", "late")).code())
        .isEqualTo("Api:RunDeleted");
    assertThat(door.post(key, run + "/log", Map.of("params", Map.of("a", "b"))).code())
        .isEqualTo("Api:RunDeleted");
    assertThat(names(door.get(key, EXPERIMENTS))).containsExactly("fraud");
    String junk = ai.matih.ml.common.page.PageToken.of("junk").encoded();
    assertThat(door.get(key, EXPERIMENTS + "?page_token=" + junk).status()).isEqualTo(400);
    assertThat(names(door.get(key, EXPERIMENTS + "?lifecycle_stage=deleted")))
        .containsExactly("churn-2");
    assertThat(door.post(key, EXPERIMENTS + "/" + id + "/runs", "{}").code())
        .isEqualTo("Api:ExperimentDeleted");
    Answer taken = door.post(key, EXPERIMENTS, Map.of("name", "churn-2"));
    assertThat(taken.code()).isEqualTo("Api:ExperimentNameTaken");
    assertThat(taken.json().get("detail").asString()).contains("restore");
    assertThat(door.post(key, EXPERIMENTS + "/" + id + "/restore", "").status()).isEqualTo(200);
    assertThat(names(door.get(key, EXPERIMENTS))).containsExactly("fraud", "churn-2");
  }

  @Test
  void a_repeat_with_the_same_key_makes_one_experiment_and_one_run() {
    Answer first = repeatable(EXPERIMENTS, "{\"name\":\"once\"}", "k-1");
    Answer second = repeatable(EXPERIMENTS, "{\"name\":\"once\"}", "k-1");
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.text()).isEqualTo(first.text());
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(repeatable(EXPERIMENTS, "{\"name\":\"twice\"}", "k-1").status()).isEqualTo(422);
    assertThat(repeatable(EXPERIMENTS, "{\"name\":\"once\"}", "k-2").code())
        .isEqualTo("Api:ExperimentNameTaken");

    String runs = EXPERIMENTS + "/" + first.json().get("id").asString() + "/runs";
    Answer run = repeatable(runs, "{\"name\":\"r\",\"params\":{\"a\":\"1\"}}", "k-3");
    assertThat(repeatable(runs, "{\"name\":\"r\",\"params\":{\"a\":\"1\"}}", "k-3").text())
        .isEqualTo(run.text());
    assertThat(door.get(key, runs).json().get("items")).hasSize(1);
  }

  @Test
  void what_was_made_before_a_crash_is_found_again_by_its_request() throws Exception {
    Answer made = repeatable(EXPERIMENTS, "{\"name\":\"crash\"}", "k-9");
    String runs = EXPERIMENTS + "/" + made.json().get("id").asString() + "/runs";
    Answer run = repeatable(runs, "{\"name\":\"r\"}", "k-10");
    // As after a crash between MLflow's answer and ours: the keys have no stored answers.
    try (var connection = door.database().as("postgres").connect();
        var statement = connection.createStatement()) {
      statement.execute("delete from api.idempotency_key where tenant = '" + tenant + "'");
    }
    Answer again = repeatable(EXPERIMENTS, "{\"name\":\"crash\"}", "k-9");
    assertThat(again.status()).as(again.text()).isEqualTo(201);
    assertThat(again.json().get("id")).isEqualTo(made.json().get("id"));
    Answer runAgain = repeatable(runs, "{\"name\":\"r\"}", "k-10");
    assertThat(runAgain.json().get("run_id")).isEqualTo(run.json().get("run_id"));
    assertThat(door.get(key, runs).json().get("items")).hasSize(1);
  }

  @Test
  void a_run_takes_measurements_of_any_size_and_ends_once() {
    String runs = runs("big");
    String run = runs + "/" + start(runs, "r1");
    Map<String, Object> params = new LinkedHashMap<>();
    for (int i = 0; i < 230; i++) {
      params.put("p" + i, "v" + i);
    }
    List<Map<String, Object>> metrics = new ArrayList<>();
    for (int i = 0; i < 2300; i++) {
      metrics.add(
          Map.of(
              "key",
              "loss",
              "value",
              1.0 / (i + 1),
              "step",
              i,
              "timestamp",
              "2026-01-01T00:00:00Z"));
    }
    Answer logged =
        door.post(
            key,
            run + "/log",
            Map.of("params", params, "metrics", metrics, "tags", Map.of("t", "1")));
    assertThat(logged.status()).as(logged.text()).isEqualTo(200);
    assertThat(logged.json().get("metrics").asInt()).isEqualTo(2300);
    assertThat(logged.json().get("params").asInt()).isEqualTo(230);

    JsonNode read = door.get(key, run).json();
    assertThat(read.get("params")).hasSize(230);
    assertThat(read.at("/metrics/loss/step").asInt()).isEqualTo(2299);
    assertThat(read.get("status").asString()).isEqualTo("running");

    int points = 0;
    int lastStep = -1;
    String token = "";
    do {
      JsonNode page = door.get(key, run + "/metrics/loss?page_size=500&page_token=" + token).json();
      for (JsonNode point : page.get("items")) {
        assertThat(point.get("step").asInt()).isEqualTo(lastStep + 1);
        lastStep++;
        points++;
      }
      token = page.path("next_page_token").asString("");
    } while (!token.isEmpty());
    assertThat(points).isEqualTo(2300);
    assertThat(door.get(key, run + "/metrics/nope").code()).isEqualTo("Api:MetricNotFound");

    Answer other = door.post(key, run + "/log", Map.of("params", Map.of("p1", "other")));
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.code()).isEqualTo("Api:ParamIsFinal");
    assertThat(door.post(key, run + "/log", Map.of("params", Map.of("p1", "v1"))).status())
        .isEqualTo(200);

    Answer ended = door.json(key, "PATCH", run, "{\"status\":\"finished\",\"tags\":{\"e\":\"1\"}}");
    assertThat(ended.json().get("status").asString()).as(ended.text()).isEqualTo("finished");
    assertThat(ended.json().has("ended_at")).isTrue();
    assertThat(door.json(key, "PATCH", run, "{\"status\":\"finished\"}").status()).isEqualTo(200);
    assertThat(door.json(key, "PATCH", run, "{\"status\":\"failed\"}").code())
        .isEqualTo("Api:RunFinished");
  }

  @Test
  void values_that_are_no_numbers_come_back_as_words() {
    String runs = runs("nan");
    String run = runs + "/" + start(runs, "r");
    assertThat(
            door.post(
                    key,
                    run + "/log",
                    "{\"metrics\":[{\"key\":\"n\",\"value\":\"NaN\"},{\"key\":\"x\",\"value\":2}]}")
                .status())
        .isEqualTo(200);
    assertThat(door.get(key, run).json().at("/metrics/n/value").asString()).isEqualTo("NaN");
    assertThat(door.get(key, run).json().at("/metrics/x/value").asDouble()).isEqualTo(2);
  }

  @Test
  void runs_are_searched_and_compared() {
    String runs = runs("search");
    String a = start(runs, "a");
    String b = start(runs, "b");
    log(
        runs,
        a,
        "{\"params\":{\"d\":\"3\",\"s\":\"1\"},\"metrics\":[{\"key\":\"auc\",\"value\":0.7},{\"key\":\"logloss\",\"value\":0.5}]}");
    log(
        runs,
        b,
        "{\"params\":{\"d\":\"6\",\"s\":\"1\"},\"metrics\":[{\"key\":\"auc\",\"value\":0.8},{\"key\":\"logloss\",\"value\":0.6}]}");

    assertThat(ids(door.get(key, runs + "?filter=metrics.auc%20%3E%200.75"))).containsExactly(b);
    assertThat(ids(door.get(key, runs + "?order_by=metrics.auc%20DESC"))).containsExactly(b, a);
    assertThat(ids(door.get(key, runs + "?order_by=metrics.auc%20ASC&page_size=1")))
        .containsExactly(a);
    assertThat(
            door.get(key, runs + "?filter=metrics.auc%20%3E%3C%20x")
                .json()
                .at("/violations/0/field")
                .asString())
        .isEqualTo("filter");
    assertThat(door.get(key, runs + "?order_by=bogus.x%20UP").status()).isEqualTo(400);

    Answer compared =
        door.post(key, EXPERIMENTS + "/runs/compare", Map.of("run_ids", List.of(a, b)));
    assertThat(compared.status()).as(compared.text()).isEqualTo(200);
    assertThat(compared.json().get("differing_params")).hasSize(1);
    assertThat(compared.json().at("/differing_params/0/key").asString()).isEqualTo("d");
    Map<String, String> best = new LinkedHashMap<>();
    compared
        .json()
        .get("metrics")
        .forEach(m -> best.put(m.get("key").asString(), m.get("best_run_id").asString()));
    assertThat(best).containsEntry("auc", b).containsEntry("logloss", a);
    assertThat(
            door.post(
                    key,
                    EXPERIMENTS + "/runs/compare",
                    Map.of("run_ids", List.of(a, "f".repeat(32))))
                .code())
        .isEqualTo("Api:RunNotFound");
  }

  @Test
  void a_file_goes_up_is_listed_and_comes_back_byte_for_byte() {
    String runs = runs("files");
    String artifacts = runs + "/" + start(runs, "r") + "/artifacts";
    byte[] content = new byte[3_000_000];
    new Random(7).nextBytes(content);
    for (String path :
        new String[] {
          "/model/a%20b.bin",
          "/data.json",
          "/%C3%BC/x.txt",
          "/odd/100%25.csv",
          "/odd/a;b.csv",
          "/odd/c%3Bd%3Fe%5Cf.csv",
          "/odd/"
              + "%E7%B2%BE".repeat(70)
              + "/"
              + "%E7%B2%BE".repeat(70)
              + "/"
              + "%E7%B2%BE".repeat(70)
        }) {
      Answer stored =
          door.send(
              key,
              HttpRequest.newBuilder(java.net.URI.create(door.address() + artifacts + path))
                  .header("Content-Type", "application/json")
                  .PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
      assertThat(stored.status()).as(path + stored.text()).isEqualTo(204);
      assertThat(door.get(key, artifacts + path).response().body()).isEqualTo(content);
    }
    JsonNode top = door.get(key, artifacts).json().get("items");
    assertThat(top.findValuesAsString("path"))
        .containsExactlyInAnyOrder("data.json", "model", "odd", "ü");
    assertThat(
            door.get(key, artifacts + "?path=odd").json().get("items").findValuesAsString("path"))
        .contains("odd/100%.csv", "odd/a;b.csv", "odd/c;d?e\\f.csv");
    JsonNode model = door.get(key, artifacts + "?path=model").json().get("items");
    assertThat(model.get(0).get("path").asString()).isEqualTo("model/a b.bin");
    assertThat(model.get(0).get("size_bytes").asLong()).isEqualTo(3_000_000);
    assertThat(door.get(key, artifacts + "/none.txt").code()).isEqualTo("Api:ArtifactNotFound");
    assertThat(door.get(key, artifacts + "/model").code()).isEqualTo("Api:ArtifactNotFound");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":\"x\",\"zzz\":1} | zzz",
        "{\"name\":1} | name",
        "{\"name\":\"\"} | name",
        "{} | name",
        "{\"name\":\"a\\u0000b\"} | name",
        "{\"name\":\"x\",\"tags\":[]} | tags",
        "{\"name\":\"x\",\"tags\":{\"k\":null}} | tags.k",
        "{\"name\":\"x\",\"tags\":{\"matih.job_id\":\"j\"}} | tags.matih.job_id",
        "{\"name\":\"x\",\"tags\":{\"a\\u0000\":\"j\"}} | tags.a?",
        "{\"name\":\"x\",\"description\":7} | description",
      })
  void a_bad_experiment_is_refused_with_the_field(String body, String field) {
    Answer answer = door.post(key, EXPERIMENTS, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().at("/violations/0/field").asString()).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"metrics\":[{\"key\":\"a\"}]} | metrics[0].value",
        "{\"metrics\":[{\"key\":\"../a\",\"value\":1}]} | metrics[0].key",
        "{\"metrics\":[{\"key\":\"a\",\"value\":\"x\"}]} | metrics[0].value",
        "{\"metrics\":[{\"key\":\"a\",\"value\":1,\"timestamp\":\"+60000-01-01T00:00:00Z\"}]} |"
            + " metrics[0].timestamp",
        "{\"metrics\":{}} | metrics",
        "{\"params\":{\"a\":{}}} | params.a",
        "{\"tags\":{\"matih.request\":\"x\"}} | tags.matih.request",
      })
  void a_bad_measurement_is_refused_with_the_field(String body, String field) {
    String runs = runs("bad");
    Answer answer = door.post(key, runs + "/" + start(runs, "r") + "/log", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().at("/violations/0/field").asString()).isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/0x1",
        "/-1",
        "/99999999999999999999",
        "/999999",
        "/1%27%20or%201=1",
        "/1/runs/zz",
        "/1/runs/" + "f",
        "/999999/runs/ffffffffffffffffffffffffffffffff",
        "/1/runs/FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF/artifacts",
      })
  void an_id_that_nothing_has_is_not_found(String path) {
    Answer answer = door.get(key, EXPERIMENTS + path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(404);
    assertThat(answer.code()).isIn("Api:ExperimentNotFound", "Api:RunNotFound");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%23b", "..%5Cx", "%20/../x", "a%2541b", "a%252f..%252fb"})
  void a_hostile_file_name_is_refused(String name) {
    String runs = runs("hostile");
    String run = start(runs, "r");
    Answer answer =
        door.send(
            key,
            HttpRequest.newBuilder(
                    java.net.URI.create(door.address() + runs + "/" + run + "/artifacts/" + name))
                .PUT(HttpRequest.BodyPublishers.ofString("x")));
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(door.get(key, runs + "/" + run + "/artifacts").json().get("items")).isEmpty();
    assertThat(door.get(key, runs + "/" + run + "/artifacts?path=" + name).status()).isEqualTo(400);
  }

  @Test
  void wrong_types_and_sizes_of_bodies_are_refused() {
    assertThat(
            door.send(
                    key,
                    HttpRequest.newBuilder(door.address().resolve(EXPERIMENTS))
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{}")))
                .status())
        .isEqualTo(415);
    assertThat(door.post(key, EXPERIMENTS, "{\"name\":").status()).isEqualTo(400);
    assertThat(door.post(key, EXPERIMENTS, "[1]").status()).isEqualTo(400);
    assertThat(
            door.post(
                    key,
                    EXPERIMENTS,
                    "{\"name\":\"x\",\"description\":\"" + "a".repeat(33 * 1024 * 1024) + "\"}")
                .status())
        .isEqualTo(413);
    assertThat(door.get(key, EXPERIMENTS + "?page_size=501").status()).isEqualTo(400);
    assertThat(door.get(key, EXPERIMENTS + "?page_token=x").status()).isEqualTo(400);
    assertThat(door.get(key, EXPERIMENTS + "?page_token=eHg").status()).isEqualTo(400);
    assertThat(door.get(key, EXPERIMENTS + "?name_contains=%27%20or%201").status()).isEqualTo(400);
    assertThat(door.get(key, EXPERIMENTS + "?lifecycle_stage=gone").status()).isEqualTo(400);
    assertThat(door.json(key, "PUT", EXPERIMENTS, "{}").status()).isEqualTo(405);
  }

  @Test
  void another_tenants_experiments_are_not_there() {
    String runs = runs("mine");
    String run = start(runs, "r");
    String id = runs.split("/", -1)[5];
    String other = door.key(door.freshTenant(), "admin", "user:mallory");

    assertThat(names(door.get(other, EXPERIMENTS))).isEmpty();
    String mine = EXPERIMENTS + "/" + id;
    List<Answer> answers =
        List.of(
            door.get(other, mine),
            door.json(other, "PATCH", mine, Map.of("name", "theirs")),
            door.delete(other, mine),
            door.post(other, mine + "/restore", ""),
            door.get(other, runs),
            door.post(other, runs, "{}"),
            door.get(other, runs + "/" + run),
            door.json(other, "PATCH", runs + "/" + run, "{\"status\":\"killed\"}"),
            door.post(other, runs + "/" + run + "/log", "{\"tags\":{\"a\":\"b\"}}"),
            door.get(other, runs + "/" + run + "/metrics/m"),
            door.get(other, runs + "/" + run + "/artifacts"),
            door.get(other, runs + "/" + run + "/artifacts/f"),
            door.send(
                other,
                HttpRequest.newBuilder(door.address().resolve(runs + "/" + run + "/artifacts/f"))
                    .PUT(HttpRequest.BodyPublishers.ofString("x"))),
            door.post(other, EXPERIMENTS + "/runs/compare", Map.of("run_ids", List.of(run))));
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).as(answer.text()).isEqualTo(404);
              assertThat(answer.code()).isIn("Api:ExperimentNotFound", "Api:RunNotFound");
            });
    assertThat(door.get(key, runs + "/" + run).json().get("status").asString())
        .isEqualTo("running");
  }

  @Test
  void roles_decide_who_may_write() {
    String viewer = door.key(tenant, "viewer", "user:vic");
    String inference = door.key(tenant, "inference", "app:shop");
    assertThat(door.get(viewer, EXPERIMENTS).status()).isEqualTo(200);
    assertThat(door.post(viewer, EXPERIMENTS, Map.of("name", "x")).code())
        .isEqualTo("Common:Forbidden");
    assertThat(door.get(inference, EXPERIMENTS).status()).isEqualTo(403);
    assertThat(door.post(viewer, "/api/v1/ml/keys", Map.of("name", "x", "role", "admin")).status())
        .isEqualTo(403);
  }

  @Test
  void changes_and_refusals_are_in_an_unbroken_trail() throws Exception {
    String runs = runs("audited");
    start(runs, "r");
    door.post(door.key(tenant, "viewer", "user:vic"), EXPERIMENTS, Map.of("name", "x"));
    List<String> rows = new ArrayList<>();
    try (var connection = door.database().as("postgres").connect();
        var statement = connection.createStatement();
        var found =
            statement.executeQuery(
                "select principal || ' ' || action || ' ' || outcome from api.audit where tenant ="
                    + " '"
                    + tenant
                    + "' order by seq")) {
      while (found.next()) {
        rows.add(found.getString(1));
      }
    }
    assertThat(rows)
        .contains(
            "user:alice experiment.created done",
            "user:alice run.started done",
            "user:vic access.refused refused");
    assertThat(TenantScope.call(new Tenant(tenant), door.bean(Audit.class)::firstBrokenRow))
        .isZero();
  }

  @Test
  void only_services_name_the_writer_of_a_run_and_attempts_only_go_up() {
    String runs = runs("writers");
    String writer = EXPERIMENTS + "/runs/" + start(runs, "r") + "/writer";
    String service = TestTokens.service(tenant, "training-orchestrator");
    assertThat(door.json(key, "PUT", writer, "{\"job_id\":\"j\",\"attempt\":1}").status())
        .isEqualTo(403);
    assertThat(door.json(service, "PUT", writer, "{\"job_id\":\"j\",\"attempt\":2}").status())
        .isEqualTo(200);
    assertThat(door.json(service, "PUT", writer, "{\"job_id\":\"j\",\"attempt\":2}").status())
        .isEqualTo(200);
    assertThat(door.json(service, "PUT", writer, "{\"job_id\":\"j\",\"attempt\":1}").code())
        .isEqualTo("Api:StaleWriter");
    assertThat(door.json(service, "PUT", writer, "{\"job_id\":\"k\",\"attempt\":9}").code())
        .isEqualTo("Api:StaleWriter");
    assertThat(door.json(service, "PUT", writer, "{\"job_id\":\"j\",\"attempt\":-1}").status())
        .isEqualTo(400);
    assertThat(
            door.json(
                    TestTokens.service(door.freshTenant(), "training-orchestrator"),
                    "PUT",
                    writer,
                    "{\"job_id\":\"j\",\"attempt\":3}")
                .status())
        .isEqualTo(404);
  }

  private Answer repeatable(String path, String body, String idempotencyKey) {
    return door.send(
        key,
        HttpRequest.newBuilder(door.address().resolve(path))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", idempotencyKey)
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
  }

  private String runs(String experiment) {
    Answer made = door.post(key, EXPERIMENTS, Map.of("name", experiment));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return EXPERIMENTS + "/" + made.json().get("id").asString() + "/runs";
  }

  private String start(String runs, String name) {
    Answer started = door.post(key, runs, Map.of("name", name));
    assertThat(started.status()).as(started.text()).isEqualTo(201);
    return started.json().get("run_id").asString();
  }

  private void log(String runs, String run, String body) {
    assertThat(door.post(key, runs + "/" + run + "/log", body).status()).isEqualTo(200);
  }

  private static List<String> names(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    List<String> names = new ArrayList<>();
    answer.json().get("items").forEach(item -> names.add(item.get("name").asString()));
    return names;
  }

  private static List<String> ids(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    answer.json().get("items").forEach(item -> ids.add(item.get("run_id").asString()));
    return ids;
  }
}
