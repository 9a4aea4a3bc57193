package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.VersionJobs.JobStatus;
import ai.matih.ml.registry.evidence.VersionJobs.Measured;
import ai.matih.ml.registry.fixture.FakeEvaluationDataSets;
import ai.matih.ml.registry.fixture.FakeVersionJobs.Asked;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is found out about versions on Ray, over HTTP, on a real PostgreSQL, with two replicas. */
class ExaminationsIT {

  private static final String RULES =
      "\"baseline\":[{\"metric\":\"auc\",\"min\":0.7,\"not_worse_than_production\":{\"tolerance\":0.01}}],"
          + "\"drain\":{\"quiet_period\":\"PT0S\"}";
  private static final String EVALUATED =
      "{%s,\"evaluation\":{\"dataset\":\"%s\",\"target_column\":\"late\"}}"
          .formatted(RULES, FakeEvaluationDataSets.FLIGHTS);

  private static RegistryUnderTest registry;
  private static RegistryUnderTest replica;

  private Walk walk;

  @BeforeAll
  static void start() {
    registry = RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
    replica = registry.replica();
  }

  @AfterAll
  static void stop() {
    replica.close();
    registry.close();
  }

  @BeforeEach
  void everybodyAnswers() {
    walk = new Walk(registry);
    registry.versionJobs().away(false);
    registry.versionJobs().refuse(null);
    registry.versionJobs().measure(null);
    registry.datasets().away(false);
    registry.router().away(false);
  }

  private String path(String model, int version) {
    return "/models/%s/versions/%d".formatted(model, version);
  }

  private Asked awaitJob(int count) {
    Walk.await(
        () -> registry.get(walk.alice, "/models"),
        _ -> registry.versionJobs().of(walk.tenant).size() >= count);
    return registry.versionJobs().of(walk.tenant).get(count - 1);
  }

  private JsonNode awaitValidation(String location) {
    return Walk.await(
            () -> registry.get(walk.alice, location.replace("/api/v1/ml", "")),
            answer -> answer.text("/status").equals("done"))
        .json();
  }

  private static String location(Answer answer) {
    return answer.http().headers().firstValue("Location").orElseThrow();
  }

  private JsonNode validations(String model, int version) {
    return registry.get(walk.alice, path(model, version) + "/validations").expect(200).json();
  }

  private List<JsonNode> evidence(String model, int version, String kind) {
    return registry
        .get(walk.alice, path(model, version) + "/evidence")
        .expect(200)
        .json()
        .at("/items")
        .valueStream()
        .filter(one -> one.path("kind").asString().equals(kind))
        .toList();
  }

  private List<JsonNode> awaitEvidence(String model, int version, String kind, int count) {
    Walk.await(
        () -> registry.get(walk.alice, path(model, version)),
        _ -> evidence(model, version, kind).size() >= count);
    return evidence(model, version, kind);
  }

  private String missing(String model, int version) {
    JsonNode conditions =
        walk.dryRun(walk.alice, model, version, "staging").expect(200).json().at("/conditions");
    return conditions
        .valueStream()
        .filter(c -> c.path("type").asString().equals("MetricsMeetBaseline"))
        .map(c -> c.path("reason").asString())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_version_is_measured_where_the_policy_says_and_the_gate_believes_nothing_else() {
    String model = walk.model("Measured", EVALUATED);
    int version = walk.checkedVersion(model, 0.99);
    Asked job = awaitJob(1);
    assertThat(missing(model, version)).isEqualTo("NotEvaluated");
    JsonNode pending = validations(model, version).at("/items/0");
    assertThat(pending.path("status").asString()).isEqualTo("pending");

    registry.versionJobs().measured(job, 0.8);
    JsonNode report = awaitValidation(path(model, version) + "/validations/" + id(pending));

    assertThat(report.path("outcome").asString()).isEqualTo("passed");
    assertThat(report.path("progress").asInt()).isEqualTo(100);
    assertThat(report.at("/conditions/1/type").asString()).isEqualTo("Evaluation");
    assertThat(report.at("/conditions/1/job_id").asString()).isEqualTo(job.job());
    assertThat(report.path("checks").valueStream().map(c -> c.path("name").asString()))
        .contains("boundary_values", "evaluation");
    JsonNode found = evidence(model, version, "platform_evaluation").getFirst();
    assertThat(found.path("source").asString()).isEqualTo("platform");
    assertThat(found.at("/checks/0/measured/metrics/auc").asDouble()).isEqualTo(0.8);
    assertThat(found.at("/checks/0/measured/data_digest").asString())
        .isEqualTo(FakeEvaluationDataSets.DIGEST);
    walk.promote(walk.alice, model, version, "staging").expect(200);
    // Known already: a new validation asks for no second measurement.
    Answer again = registry.post(walk.alice, path(model, version) + "/validate", "").expect(202);
    assertThat(awaitValidation(location(again)).path("outcome").asString()).isEqualTo("passed");
    assertThat(registry.versionJobs().of(walk.tenant)).hasSize(1);
  }

  private static String id(JsonNode run) {
    return run.path("id").asString();
  }

  @Test
  void production_is_measured_on_the_same_data_where_a_rule_compares() {
    String model = walk.model("Compared", "{%s}".formatted(RULES));
    int first = walk.productionVersion(model, 0.85);
    String policy =
        registry.get(walk.alice, "/models/" + model + "/policy").expect(200).text("/revision");
    registry
        .put(
            walk.alice,
            "/models/" + model + "/policy",
            EVALUATED.replace(FakeEvaluationDataSets.FLIGHTS, "dataset:flights"),
            "If-Match",
            "\"" + policy + "\"")
        .expect(200);
    int second = walk.checkedVersion(model, 0.99);
    awaitJob(2);
    for (Asked job : registry.versionJobs().of(walk.tenant)) {
      registry.versionJobs().measured(job, job.version().number().value() == first ? 0.85 : 0.8);
    }
    awaitEvidence(model, second, "platform_evaluation", 1);
    awaitEvidence(model, first, "platform_evaluation", 1);
    assertThat(missing(model, second)).isEqualTo("WorseThanProduction");
    int third = walk.checkedVersion(model, 0.99);
    registry.versionJobs().measured(awaitJob(3), 0.845);
    awaitEvidence(model, third, "platform_evaluation", 1);
    assertThat(missing(model, third)).isEqualTo("BaselineMet");
    // Production's measurement was known by then.
    assertThat(registry.versionJobs().of(walk.tenant)).hasSize(3);
  }

  @Test
  void an_absent_training_service_is_waited_for_and_a_lost_reply_is_no_second_job() {
    registry.versionJobs().away(true);
    String model = walk.model("Away", EVALUATED);
    int version = walk.checkedVersion(model, 0.99);
    Walk.await(
        () -> registry.get(walk.alice, path(model, version) + "/validations"),
        answer ->
            answer
                .text("/items/0/conditions/1/message")
                .equals("training-orchestrator gave no answer; it is asked again."));
    assertThat(evidence(model, version, "platform_evaluation")).isEmpty();
    assertThat(missing(model, version)).isEqualTo("NotEvaluated");

    registry.versionJobs().loseNextReply();
    registry.versionJobs().away(false);
    registry.versionJobs().measured(awaitJob(1), 0.9);
    awaitEvidence(model, version, "platform_evaluation", 1);
    assertThat(registry.versionJobs().of(walk.tenant)).hasSize(1);
    assertThat(missing(model, version)).isEqualTo("BaselineMet");
  }

  @Test
  void a_failed_job_is_evidence_with_its_reason_and_can_be_asked_for_again() {
    String model = walk.model("Failing", EVALUATED);
    int version = walk.checkedVersion(model, 0.99);
    registry.versionJobs().fails(awaitJob(1), "there is no column 'temp' in the data");
    JsonNode failed = awaitEvidence(model, version, "platform_evaluation", 1).getFirst();
    assertThat(failed.path("outcome").asString()).isEqualTo("not_run");
    assertThat(failed.at("/checks/0/detail").asString()).contains("no column 'temp'");
    assertThat(missing(model, version)).isEqualTo("EvaluationFailed");

    Answer again = registry.post(walk.alice, path(model, version) + "/validate", "").expect(202);
    registry.versionJobs().measured(awaitJob(2), 0.9);
    assertThat(awaitValidation(location(again)).path("outcome").asString()).isEqualTo("passed");
    assertThat(missing(model, version)).isEqualTo("BaselineMet");
  }

  @Test
  void a_refusal_is_evidence_with_its_reason() {
    registry.versionJobs().refuse("The training service refused it: dataset is gone.");
    String model = walk.model("Refused", EVALUATED);
    int version = walk.checkedVersion(model, 0.99);
    assertThat(
            awaitEvidence(model, version, "platform_evaluation", 1)
                .getFirst()
                .at("/checks/0/detail")
                .asString())
        .contains("dataset is gone");
  }

  @Test
  void a_graph_that_the_checks_stopped_is_not_measured() {
    String model = walk.model("Pickled", EVALUATED);
    String run = "r" + UUID.randomUUID().toString().replace("-", "");
    Map<String, byte[]> files =
        new java.util.HashMap<>(ai.matih.ml.registry.fixture.TestBundles.good(run));
    files.put(
        "model.onnx",
        "cos\nsystem\n(S'true'\ntR.".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    registry.runs().put(walk.tenant, run, "FINISHED", Map.of(), files);
    int version = walk.register(model, run).expect(201).json().at("/version").asInt();
    assertThat(
            awaitEvidence(model, version, "platform_evaluation", 1)
                .getFirst()
                .at("/checks/0/detail")
                .asString())
        .contains("nothing is measured");
    assertThat(registry.versionJobs().of(walk.tenant)).isEmpty();
    assertThat(
            registry
                .get(walk.alice, path(model, version))
                .json()
                .path("lineage")
                .path("self_reported")
                .asBoolean())
        .isTrue();
  }

  @Test
  void a_measurement_of_something_else_is_not_taken() {
    String model = walk.model("Swapped", EVALUATED);
    int version = walk.checkedVersion(model, 0.99);
    Asked job = awaitJob(1);
    Measured other =
        new Measured(
            "sha256:" + "0".repeat(64),
            FakeEvaluationDataSets.DIGEST,
            "late",
            500,
            Map.of("auc", 1.0),
            "onnxruntime");
    registry
        .versionJobs()
        .becomes(
            job,
            new JobStatus(
                "succeeded", 100, Optional.empty(), Optional.of(other), Optional.empty()));
    assertThat(
            awaitEvidence(model, version, "platform_evaluation", 1)
                .getFirst()
                .at("/checks/0/detail")
                .asString())
        .contains("something else");
    assertThat(missing(model, version)).isEqualTo("EvaluationFailed");
  }

  @Test
  void two_replicas_and_many_requests_ask_for_one_measurement() throws Exception {
    String model = walk.model("Raced", EVALUATED);
    int version = walk.checkedVersion(model, 0.99);
    try (ExecutorService people = Executors.newFixedThreadPool(8)) {
      List<Future<Answer>> asked =
          java.util.stream.IntStream.range(0, 16)
              .mapToObj(
                  i ->
                      people.submit(
                          () ->
                              (i % 2 == 0 ? registry : replica)
                                  .post(walk.alice, path(model, version) + "/validate", "")))
              .toList();
      for (Future<Answer> answer : asked) {
        answer.get().expect(202);
      }
    }
    registry.versionJobs().measured(awaitJob(1), 0.9);
    JsonNode all =
        Walk.await(
                () -> registry.get(walk.alice, path(model, version) + "/validations"),
                answer ->
                    answer
                        .json()
                        .at("/items")
                        .valueStream()
                        .allMatch(run -> run.path("status").asString().equals("done")))
            .json();
    assertThat(all.at("/items").size()).isEqualTo(17);
    assertThat(registry.versionJobs().of(walk.tenant)).hasSize(1);
    assertThat(evidence(model, version, "platform_evaluation")).hasSize(1);
  }

  @Test
  void a_restart_in_the_middle_loses_nothing() {
    RegistryUnderTest mortal =
        RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
    Walk there = new Walk(mortal);
    String model = there.model("Restarted", EVALUATED);
    int version = there.checkedVersion(model, 0.99);
    Walk.await(
        () -> mortal.get(there.alice, "/models"),
        _ -> !mortal.versionJobs().of(there.tenant).isEmpty());
    mortal.close();
    Asked job = mortal.versionJobs().of(there.tenant).getFirst();
    mortal.versionJobs().measured(job, 0.9);
    try (RegistryUnderTest successor = mortal.replica()) {
      Answer done =
          Walk.await(
              () -> successor.get(there.alice, path(model, version) + "/validations"),
              answer -> answer.text("/items/0/status").equals("done"));
      assertThat(done.text("/items/0/outcome")).isEqualTo("passed");
      assertThat(successor.versionJobs().of(there.tenant)).hasSize(1);
    }
  }

  private static final String PACKAGE = "sha256:" + "e".repeat(64);

  private Answer testBy(String token, String model, int version, String body) {
    return registry.post(token, path(model, version) + "/evidence", body);
  }

  @Test
  void a_package_of_tests_becomes_evidence_that_names_its_author() {
    String model =
        walk.model("Packaged", "{%s,\"required_tests\":[\"bias_tests\"]}".formatted(RULES));
    int version = walk.checkedVersion(model, 0.9);
    Answer asked =
        testBy(
                walk.alice,
                model,
                version,
                "{\"kind\":\"bias_tests\",\"package\":\"%s\",\"note\":\"nightly\"}"
                    .formatted(PACKAGE))
            .expect(202);
    assertThat(asked.text("/conditions/0/type")).isEqualTo("Tests");
    // As after a reply that was lost; other people ask for themselves.
    String again =
        "{\"kind\":\"bias_tests\",\"package\":\"%s\",\"note\":\"nightly\"}".formatted(PACKAGE);
    assertThat(testBy(walk.alice, model, version, again).expect(202).text("/id"))
        .isEqualTo(asked.text("/id"));
    assertThat(walk.dryRun(walk.alice, model, version, "staging").text("/missing/0"))
        .isEqualTo("RequiredReportsPassed");
    registry
        .versionJobs()
        .tested(
            awaitJob(1),
            "<testsuites><testsuite><testcase name=\"a\"/><testcase"
                + " name=\"b\"><skipped/></testcase></testsuite></testsuites>");

    assertThat(awaitValidation(location(asked)).path("outcome").asString()).isEqualTo("passed");
    JsonNode found = evidence(model, version, "bias_tests").getFirst();
    assertThat(found.path("source").asString()).isEqualTo("package");
    assertThat(found.path("recorded_by").asString()).isEqualTo("user:alice");
    assertThat(found.path("note").asString()).isEqualTo("nightly");
    assertThat(found.at("/tests/executed").asInt()).isEqualTo(1);
    assertThat(found.at("/tests/skipped").asInt()).isEqualTo(1);
    assertThat(found.at("/checks/0/measured/package").asString()).isEqualTo(PACKAGE);
    assertThat(found.at("/checks/0/measured/uploaded_by").asString()).isEqualTo("user:mallory");
    Answer report =
        registry.get(
            walk.bob,
            "%s/evidence/%s/report".formatted(path(model, version), found.path("id").asString()));
    assertThat(report.expect(200).http().body()).contains("<testcase name=\"b\"><skipped/>");
    assertThat(found.path("report_bytes").asInt()).isEqualTo(report.http().body().length());
    walk.promote(walk.alice, model, version, "staging").expect(200);
  }

  @Test
  void a_package_that_ran_nothing_or_left_rubbish_has_not_passed() {
    String model = walk.model("Rubbish");
    int version = walk.checkedVersion(model, 0.9);
    List<String> reports =
        List.of(
            "<testsuites/>",
            "no xml",
            "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><testsuites>&a;</testsuites>");
    for (int i = 0; i < reports.size(); i++) {
      Answer asked =
          testBy(
                  walk.alice,
                  model,
                  version,
                  "{\"kind\":\"integration_tests\",\"package\":\"%s\"}".formatted(PACKAGE))
              .expect(202);
      registry.versionJobs().tested(awaitJob(i + 1), reports.get(i));
      assertThat(awaitValidation(location(asked)).path("outcome").asString()).isEqualTo("not_run");
    }
    assertThat(evidence(model, version, "integration_tests"))
        .hasSize(3)
        .allMatch(one -> one.path("outcome").asString().equals("not_run"))
        .filteredOn(one -> one.has("report_bytes"))
        .as("what cannot be counted is not kept")
        .hasSize(1);
  }

  @Test
  void a_wrong_request_for_tests_names_the_field() {
    String model = walk.model("Wrong");
    int version = walk.checkedVersion(model, 0.9);
    Map.of(
            "{\"kind\":\"bias_tests\",\"package\":\"latest\"}",
            "package",
            "{\"kind\":\"bias_tests\",\"package\":\"%s\",\"format\":\"junit\"}".formatted(PACKAGE),
            "package",
            "{\"kind\":\"bias_tests\"}",
            "format",
            "{\"kind\":\"bias_tests\",\"format\":\"junit\"}",
            "report")
        .forEach(
            (body, field) -> {
              Answer refused = testBy(walk.alice, model, version, body);
              refused.expectProblem(400, "Common:InvalidRequest");
              assertThat(refused.text("/violations/0/field")).as(body).isEqualTo(field);
            });
    testBy(
            walk.alice,
            model,
            version,
            "{\"kind\":\"platform_checks\",\"package\":\"%s\"}".formatted(PACKAGE))
        .expect(400);
    testBy(
            walk.bob,
            model,
            version,
            "{\"kind\":\"bias_tests\",\"package\":\"%s\"}".formatted(PACKAGE))
        .expectProblem(403, "Common:Forbidden");
    String foreign = TestTokens.user("globex", "eve", ai.matih.ml.common.security.Role.ML_ENGINEER);
    testBy(
            foreign,
            model,
            version,
            "{\"kind\":\"bias_tests\",\"package\":\"%s\"}".formatted(PACKAGE))
        .expect(404);
    registry.get(foreign, path(model, version) + "/validations").expect(404);
    registry
        .get(walk.alice, path(model, version) + "/validations/" + UUID.randomUUID())
        .expectProblem(404, "Registry:ValidationNotFound");
  }

  @Test
  void a_policy_pins_its_data_and_refuses_data_that_is_not_there() {
    String model = walk.model("Pinned", "{}");
    String policy = "/models/" + model + "/policy";
    Answer pinned =
        registry
            .put(
                walk.alice,
                policy,
                EVALUATED.replace(FakeEvaluationDataSets.FLIGHTS, "dataset:flights"),
                "If-Match",
                "\"1\"")
            .expect(200);
    assertThat(pinned.text("/evaluation/dataset")).isEqualTo(FakeEvaluationDataSets.FLIGHTS);
    // What was answered can be sent again.
    assertThat(pinned.json().path("evaluation").propertyNames())
        .containsExactlyInAnyOrder("dataset", "target_column");
    registry
        .put(walk.alice, policy, EVALUATED.replace("flights", "nothing"), "If-Match", "\"2\"")
        .expect(400);
    Answer column =
        registry
            .put(walk.alice, policy, EVALUATED.replace("\"late\"", "\"none\""), "If-Match", "\"2\"")
            .expect(400);
    assertThat(column.text("/violations/0/field")).isEqualTo("evaluation.target_column");
    registry.datasets().away(true);
    registry.put(walk.alice, policy, EVALUATED, "If-Match", "\"2\"").expect(503);
    // Making a model asks nobody.
    Answer unpinned =
        registry
            .post(
                walk.alice,
                "/models",
                "{\"name\":\"Unpinned\",\"task\":\"classification\",\"policy\":%s}"
                    .formatted(
                        EVALUATED.replace(FakeEvaluationDataSets.FLIGHTS, "dataset:flights")))
            .expect(400);
    assertThat(unpinned.text("/violations/0/field")).isEqualTo("policy.evaluation.dataset");
  }

  @Test
  void the_checks_say_why_they_wait() {
    registry.router().away(true);
    String model = walk.model("Router away");
    String run = "r" + UUID.randomUUID().toString().replace("-", "");
    walk.trainedRun(run, 0.9);
    int version = walk.register(model, run).expect(201).json().at("/version").asInt();
    Walk.await(
        () -> registry.get(walk.alice, path(model, version) + "/validations"),
        answer -> answer.text("/items/0/conditions/0/message").contains("serving-router"));
    registry.router().away(false);
    walk.awaitChecks(model, version);
    JsonNode done = validations(model, version).at("/items/0");
    assertThat(done.path("outcome").asString()).isEqualTo("passed");
    assertThat(done.at("/conditions/0/status").asString()).isEqualTo("passed");
    assertThat(Examination.Status.values()).hasSize(3);
  }

  @Test
  void lineage_is_whole_and_says_who_vouches_for_it() {
    String model = walk.model("Lineage");
    int version = walk.checkedVersion(model, 0.9);
    JsonNode lineage = registry.get(walk.alice, path(model, version)).json().path("lineage");
    assertThat(lineage.path("self_reported").asBoolean()).isFalse();
    assertThat(lineage.path("job_id").asString()).startsWith("job-");
    assertThat(lineage.path("run_id").asString()).isNotEmpty();
    assertThat(lineage.path("experiment_id").asString()).isNotEmpty();
  }
}
