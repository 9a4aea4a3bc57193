package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.OnnxBytes;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.OpenApiContract;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.testing.UnreadableRequests;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.fixture.FakeEvaluationDataSets;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.registry.model.TrainingJobs.TrainingJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** The registry through its own HTTP, on a real PostgreSQL and a real S3 store. */
class RegistryIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static RegistryUnderTest registry;

  @BeforeAll
  static void start() {
    registry = RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @Test
  void a_version_walks_from_its_run_to_production_and_into_the_archive() {
    Walk walk = new Walk(registry);
    String model = walk.model("Late departures");
    assertThat(model).isEqualTo("late-departures");

    int first = walk.checkedVersion(model, 0.8);
    walk.promote(walk.alice, model, first, "staging").expect(200);
    registry.router().deploy(walk.tenant, model, first, 1000);
    String toProduction =
        walk.promote(walk.alice, model, first, "production").expect(202).text("/id");
    walk.awaitMissing(model, toProduction, "ApprovedByOthers");
    Answer completed = walk.approve(walk.bob, model, toProduction).expect(200);
    assertThat(completed.text("/status")).isEqualTo("completed");

    int second = walk.productionVersion(model, 0.85);
    Answer state = registry.get(walk.alice, "/models/" + model).expect(200);
    assertThat(state.json().at("/versions/production").asInt()).isEqualTo(second);
    assertThat(state.json().at("/versions/superseded/0").asInt()).isEqualTo(first);

    registry.router().deploy(walk.tenant, model, first, 0);
    walk.promote(walk.alice, model, first, "archived").expect(200);
    assertThat(
            registry
                .get(walk.alice, "/models/%s/versions/%d".formatted(model, first))
                .text("/stage"))
        .isEqualTo("archived");
    Walk.await(
        () -> registry.get(walk.alice, "/models/" + model),
        _ ->
            registry
                .router()
                .told()
                .containsAll(
                    List.of(
                        "%s/%s/%d=staging".formatted(walk.tenant, model, first),
                        "%s/%s/%d=production".formatted(walk.tenant, model, second))));
  }

  @Test
  void what_is_missing_is_said_and_a_dry_run_says_the_same() {
    Walk walk = new Walk(registry);
    String model = walk.model("No baseline", "{}");
    int version = walk.checkedVersion(model, 0.9);

    Answer dry = walk.dryRun(walk.alice, model, version, "staging").expect(200);
    assertThat(dry.text("/status")).isEqualTo("pending");
    assertThat(dry.json().has("id")).isFalse();
    assertThat(dry.text("/missing/0")).isEqualTo("MetricsMeetBaseline");
    assertThat(registry.get(walk.alice, "/models/" + model + "/transitions").json().at("/items"))
        .isEmpty();

    Answer waits = walk.promote(walk.alice, model, version, "staging").expect(202);
    assertThat(waits.json().at("/missing")).isEqualTo(dry.json().at("/missing"));
    assertThat(waits.http().headers().firstValue("Location").orElseThrow())
        .endsWith(waits.text("/id"));
    assertThat(walk.promote(walk.alice, model, version, "staging").expect(202).text("/id"))
        .isEqualTo(waits.text("/id"));
    walk.promote(walk.carol, model, version, "staging")
        .expectProblem(409, "Registry:TransitionOpen");
  }

  @Test
  void an_illegal_move_says_why() {
    Walk walk = new Walk(registry);
    String model = walk.model("Moves");
    int version = walk.checkedVersion(model, 0.8);

    for (boolean dry : new boolean[] {true, false}) {
      Answer answer =
          dry
              ? walk.dryRun(walk.alice, model, version, "production")
              : walk.promote(walk.alice, model, version, "production");
      answer.expectProblem(409, "Registry:IllegalTransition");
      assertThat(answer.text("/detail")).contains("Staging first");
    }
    walk.promote(walk.alice, model, version, "development")
        .expectProblem(409, "Registry:IllegalTransition");
    walk.promote(walk.alice, model, 99, "staging").expectProblem(404, "Registry:VersionNotFound");
  }

  @Test
  void lists_are_filtered_by_words_as_answers_write_them() {
    Walk walk = new Walk(registry);
    String model = walk.model("Filters");
    walk.stagingVersion(model, 0.8);
    String versions = "/models/" + model + "/versions?stage=";
    assertThat(registry.get(walk.alice, versions + "staging").expect(200).json().at("/items"))
        .hasSize(1);
    assertThat(registry.get(walk.alice, versions + "archived").expect(200).json().at("/items"))
        .isEmpty();
    registry.get(walk.alice, versions + "shelf").expectProblem(400, "Common:InvalidRequest");
    String transitions = "/models/" + model + "/transitions?status=completed";
    assertThat(registry.get(walk.alice, transitions).expect(200).json().at("/items")).hasSize(1);
  }

  @Test
  void whoever_is_involved_cannot_approve() {
    Walk walk = new Walk(registry);
    String model = walk.model("Four eyes");
    int version = walk.stagingVersion(model, 0.8);
    String transition =
        walk.promote(walk.carol, model, version, "production").expect(202).text("/id");

    walk.approve(walk.alice, model, transition).expectProblem(403, "Common:Forbidden");
    walk.approve(walk.carol, model, transition).expectProblem(403, "Registry:FourEyes");
    for (String involved : new String[] {"alice", "trainer"}) {
      String promoted = TestTokens.user(walk.tenant, involved, Role.ADMIN);
      walk.approve(promoted, model, transition).expectProblem(403, "Registry:FourEyes");
    }
    walk.approve(TestTokens.service(walk.tenant, "serving-router"), model, transition)
        .expectProblem(403, "Registry:FourEyes");
    String inBobsName =
        TestTokens.signer("serving-router")
            .sign(
                new Tenant(walk.tenant),
                "service:serving-router",
                Set.of(Role.SERVICE),
                Duration.ofMinutes(1),
                Map.of("on_behalf_of", "user:bob"));
    walk.approve(inBobsName, model, transition).expectProblem(403, "Registry:FourEyes");
    assertThat(
            registry
                .get(walk.alice, "/models/%s/transitions/%s".formatted(model, transition))
                .json()
                .at("/approvals"))
        .isEmpty();
  }

  @Test
  void an_early_approval_outlives_what_agrees_and_falls_with_what_contradicts() {
    Walk walk = new Walk(registry);
    String model = walk.model("Void");
    int version = walk.stagingVersion(model, 0.8);
    String transition =
        walk.promote(walk.alice, model, version, "production").expect(202).text("/id");
    walk.approve(walk.bob, model, transition).expect(202);
    assertThat(walk.approve(walk.bob, model, transition).expect(202).json().at("/approvals"))
        .hasSize(1);

    report(walk, model, version, "failed").expect(201);
    String path = "/models/%s/transitions/%s".formatted(model, transition);
    Answer voided =
        Walk.await(
            () -> registry.get(walk.alice, path),
            answer -> answer.json().at("/approvals/0/is_void").asBoolean());
    assertThat(voided.text("/approvals/0/void_reason"))
        .isEqualTo("bias_tests contradicts it: tests failed");

    walk.approve(walk.bob, model, transition).expect(202);
    report(walk, model, version, "passed").expect(201);
    registry.router().deploy(walk.tenant, model, version, 0);
    Answer completed = walk.awaitStatus(model, transition, "completed");
    assertThat(completed.json().at("/approvals/1/is_void").asBoolean()).isFalse();
    assertThat(
            registry
                .get(walk.alice, "/models/%s/versions/%d".formatted(model, version))
                .text("/stage"))
        .isEqualTo("production");
  }

  private static Answer report(Walk walk, String model, int version, String outcome) {
    return registry.post(
        walk.alice,
        "/models/%s/versions/%d/evidence".formatted(model, version),
        "{\"kind\":\"bias_tests\",\"format\":\"json\",\"report\":{\"tests\":[{\"name\":\"a\",\"outcome\":\"%s\"}]}}"
            .formatted(outcome));
  }

  @Test
  void of_two_versions_one_becomes_production_and_the_other_is_told() {
    Walk walk = new Walk(registry);
    String model = walk.model("Two at once");
    int one = walk.stagingVersion(model, 0.8);
    int two = walk.stagingVersion(model, 0.81);
    registry.router().deploy(walk.tenant, model, one, 0);
    registry.router().deploy(walk.tenant, model, two, 0);
    String first = walk.promote(walk.alice, model, one, "production").expect(202).text("/id");
    String second = walk.promote(walk.alice, model, two, "production").expect(202).text("/id");
    walk.awaitMissing(model, first, "ApprovedByOthers");
    walk.awaitMissing(model, second, "ApprovedByOthers");

    walk.approve(walk.bob, model, second).expect(200);

    Answer told = registry.get(walk.alice, "/models/%s/transitions/%s".formatted(model, first));
    assertThat(told.text("/status")).isEqualTo("failed");
    assertThat(told.text("/end_reason")).contains("Version " + two + " became Production");
    walk.approve(walk.bob, model, first).expectProblem(409, "Registry:TransitionClosed");
    Answer again = walk.promote(walk.alice, model, one, "production").expect(202);
    assertThat(again.json().at("/missing").toString()).contains("AbTestShowsImprovement");
  }

  @Test
  void the_previous_production_version_is_restored_as_one_act_and_history_tells() {
    Walk walk = new Walk(registry);
    String model = walk.model("Restore");
    int first = walk.productionVersion(model, 0.8);
    walk.promote(walk.alice, model, first, "staging")
        .expectProblem(409, "Registry:IllegalTransition");
    int second = walk.productionVersion(model, 0.85);
    String during = registry.get(walk.alice, "/models/" + model + "/stages").text("/at");

    walk.promote(walk.alice, model, second, "staging").expect(200);

    Answer now = registry.get(walk.alice, "/models/" + model + "/stages").expect(200);
    assertThat(now.json().at("/production").asInt()).isEqualTo(first);
    Answer then = registry.get(walk.alice, "/models/" + model + "/stages?at=" + during).expect(200);
    assertThat(then.json().at("/production").asInt()).isEqualTo(second);
    assertThat(then.json().at("/items/0/superseded").asBoolean()).isTrue();
    Answer before =
        registry.get(walk.alice, "/models/" + model + "/stages?at=2020-01-01T00:00:00Z");
    assertThat(before.expect(200).json().at("/items")).isEmpty();
  }

  @Test
  void the_old_version_is_archived_only_when_it_drained() {
    Walk walk = new Walk(registry);
    String model = walk.model("Drain");
    int first = walk.productionVersion(model, 0.8);
    walk.productionVersion(model, 0.85);
    registry
        .router()
        .serve(
            walk.tenant,
            model,
            first,
            new Serving(true, List.of("d"), 0, true, 0, List.of("user:batch"), Optional.empty()));

    Answer waits = walk.promote(walk.alice, model, first, "archived").expect(202);
    assertThat(waits.text("/missing/0")).isEqualTo("TrafficDrained");
    assertThat(waits.json().at("/conditions/1/message").asString()).contains("user:batch");

    registry.router().away(true);
    try {
      Walk.await(
          () ->
              registry.get(
                  walk.alice, "/models/%s/transitions/%s".formatted(model, waits.text("/id"))),
          answer -> answer.text("/conditions/1/status").equals("unknown"));
    } finally {
      registry.router().away(false);
    }
    registry.router().deploy(walk.tenant, model, first, 0);
    walk.awaitStatus(model, waits.text("/id"), "completed");
  }

  @Test
  void a_running_transition_keeps_its_policy_and_policies_have_revisions() {
    Walk walk = new Walk(registry);
    String model = walk.model("Policies", "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.9}]}");
    int version = walk.checkedVersion(model, 0.8);
    String transition = walk.promote(walk.alice, model, version, "staging").expect(202).text("/id");
    String path = "/models/" + model + "/policy";
    String lower = "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.5}]}";
    Answer read = registry.get(walk.alice, path).expect(200);
    assertThat(read.http().headers().firstValue("ETag")).contains("\"1\"");

    registry.put(walk.alice, path, lower).expectProblem(428, "Common:RevisionRequired");
    registry
        .put(walk.alice, path, lower, "If-Match", "\"7\"")
        .expectProblem(412, "Common:StaleRevision");
    Answer changed = registry.put(walk.alice, path, lower, "If-Match", "\"1\"").expect(200);
    assertThat(changed.json().at("/revision").asInt()).isEqualTo(2);

    Answer open =
        registry.get(walk.alice, "/models/%s/transitions/%s".formatted(model, transition));
    assertThat(open.json().at("/policy_revision").asInt()).isEqualTo(1);
    assertThat(open.text("/missing/0")).isEqualTo("MetricsMeetBaseline");
    registry
        .post(walk.alice, "/models/%s/transitions/%s/cancel".formatted(model, transition), "{}")
        .expect(200);
    walk.promote(walk.alice, model, version, "staging").expect(200);
  }

  @Test
  void what_a_policy_answers_can_be_sent_back() {
    Walk walk = new Walk(registry);
    String path = "/models/" + walk.model("Round trip") + "/policy";
    Answer read = registry.get(walk.alice, path).expect(200);
    Answer same =
        registry.put(walk.alice, path, read.http().body(), "If-Match", "\"1\"").expect(200);
    for (String field : List.of("baseline", "approvals", "drain", "ab_test", "required_tests")) {
      assertThat(same.json().at("/" + field)).isEqualTo(read.json().at("/" + field));
    }
    registry
        .put(walk.alice, path, "{\"basline\":[]}", "If-Match", "\"2\"")
        .expectProblem(400, "Common:InvalidRequest");

    String model = path.substring(0, path.length() - "/policy".length());
    String whole = registry.get(walk.alice, model).expect(200).http().body();
    registry.patch(walk.alice, model, whole).expect(200);
    registry
        .patch(walk.alice, model, whole.replace("Round trip", "Another"))
        .expectProblem(400, "Common:InvalidRequest");
    String retention = registry.get(walk.alice, model + "/retention").expect(200).http().body();
    registry.put(walk.alice, model + "/retention", retention, "If-Match", "\"0\"").expect(200);
  }

  @Test
  void a_policy_warns_of_a_metric_that_no_version_has() {
    Walk walk = new Walk(registry);
    String model = walk.model("Warned");
    String path = "/models/" + model + "/policy";
    String misspelt =
        "{\"baseline\":[{\"metric\":\"auk\",\"min\":0.5},{\"metric\":\"auc\",\"min\":0.5}]}";
    Answer unknown = registry.put(walk.alice, path, misspelt, "If-Match", "\"1\"").expect(200);
    assertThat(unknown.json().at("/warnings")).as("there is no version yet").isEmpty();
    int version = walk.checkedVersion(model, 0.8);
    Answer warned = registry.put(walk.alice, path, misspelt, "If-Match", "\"2\"").expect(200);
    assertThat(warned.json().at("/warnings")).hasSize(1);
    assertThat(warned.text("/warnings/0")).contains("auk", "Is auc meant?");
    assertThat(registry.get(walk.alice, path).text("/warnings/0")).contains("auk");
    Answer waits = walk.promote(walk.alice, model, version, "staging").expect(202);
    assertThat(waits.text("/conditions/2/message")).contains("There are auc", "Is auc meant?");
    assertThat(waits.text("/conditions/2/details/close/0")).isEqualTo("auc");
  }

  @Test
  void models_are_found_by_the_data_set_that_their_policy_measures_on() {
    Walk walk = new Walk(registry);
    String digest = FakeEvaluationDataSets.DIGEST;
    String evaluated =
        "{\"evaluation\":{\"dataset\":\"%s\",\"target_column\":\"late\"}}"
            .formatted(FakeEvaluationDataSets.FLIGHTS);
    String model = walk.model("Measured", evaluated);
    walk.model("Not measured");
    String users = "/models?evaluation_dataset=dataset:flights";
    String exactly = users + "@" + digest;
    for (String path : List.of(users, exactly)) {
      Answer found = registry.get(walk.alice, path).expect(200);
      assertThat(found.json().at("/items")).hasSize(1);
      assertThat(found.text("/items/0/id")).isEqualTo(model);
    }
    for (String other :
        List.of(
            users.replace("flights", "flight"),
            users.replace("flights", "flights2"),
            exactly.replace("dddd", "eeee"))) {
      assertThat(registry.get(walk.alice, other).expect(200).json().at("/items")).isEmpty();
    }
    registry
        .get(walk.alice, "/models?evaluation_dataset=flights")
        .expectProblem(400, "Common:InvalidRequest");
    Walk stranger = new Walk(registry);
    assertThat(registry.get(stranger.alice, users).expect(200).json().at("/items")).isEmpty();

    registry.put(walk.alice, "/models/" + model + "/policy", "{}", "If-Match", "\"1\"").expect(200);
    assertThat(registry.get(walk.alice, users).expect(200).json().at("/items"))
        .as("only the policy in force counts")
        .isEmpty();
  }

  @Test
  void the_same_run_with_the_same_files_is_the_same_version() {
    Walk walk = new Walk(registry);
    String model = walk.model("Same");
    walk.trainedRun("run1", 0.8);
    String body = "{\"run_id\":\"run1\",\"job_id\":\"job-run1\"}";
    String path = "/models/" + model + "/versions";

    Answer first = registry.post(walk.alice, path, body, "Idempotency-Key", "k1").expect(201);
    Answer replay = registry.post(walk.alice, path, body, "Idempotency-Key", "k1").expect(201);
    assertThat(replay.http().body()).isEqualTo(first.http().body());
    assertThat(replay.http().headers().firstValue("Idempotent-Replayed")).contains("true");
    Answer again = registry.post(walk.alice, path, body).expect(200);
    assertThat(again.json().at("/version")).isEqualTo(first.json().at("/version"));
    assertThat(first.text("/provenance")).isEqualTo("platform_trained");
    assertThat(first.text("/trained_by")).isEqualTo("user:trainer");
    assertThat(first.text("/artifact/uri"))
        .isEqualTo("s3://models/%s/%s/".formatted(walk.tenant, first.text("/digest").substring(7)));
  }

  @Test
  void metrics_of_files_that_no_job_made_do_not_count() {
    Walk walk = new Walk(registry);
    String model = walk.model("Liar");
    walk.trainedRun("honest", 0.6);
    registry
        .runs()
        .put(
            walk.tenant,
            "honest",
            "FINISHED",
            Map.of("matih.job_id", "job-honest"),
            TestBundles.good("swapped"));
    Answer version = walk.register(model, "honest").expect(201);
    assertThat(version.text("/provenance")).isEqualTo("self_reported");
    assertThat(version.text("/trained_by")).isEqualTo("user:trainer");
    assertThat(version.json().at("/metrics/auc").asDouble()).isEqualTo(0.99);
    walk.awaitChecks(model, 1);

    Answer waits = walk.promote(walk.alice, model, 1, "staging").expect(202);
    assertThat(waits.json().at("/conditions/2/reason").asString()).isEqualTo("SelfReported");
  }

  @Test
  void runs_that_cannot_be_registered_are_refused_with_the_reason() {
    Walk walk = new Walk(registry);
    String model = walk.model("Refused");
    Map<String, byte[]> good = TestBundles.good("x");
    registry.runs().put(walk.tenant, "running", "RUNNING", Map.of(), good);
    registry.runs().put(walk.tenant, "empty", "FINISHED", Map.of(), Map.of());
    registry
        .jobs()
        .put(walk.tenant, new TrainingJob("young", "running", Optional.empty(), Optional.empty()));

    walk.register(model, "unknown").expectProblem(404, "Registry:RunNotFound");
    walk.register(model, "running").expectProblem(409, "Registry:RunNotFinished");
    walk.register(model, "empty").expectProblem(409, "Registry:RunHasNoModel");
    walk.trainedRun("done", 0.8);
    String path = "/models/" + model + "/versions";
    registry
        .post(walk.alice, path, "{\"run_id\":\"done\",\"job_id\":\"young\"}")
        .expectProblem(409, "Registry:JobNotFinished");
    registry
        .post(walk.alice, path, "{\"run_id\":\"done\",\"job_id\":\"nobody\"}")
        .expectProblem(404, "Registry:JobNotFound");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../escape",
        "a/../../b",
        "/etc/passwd",
        "a//b",
        ".hidden",
        "a/./b",
        "with space",
        "new\nline",
        "back\\slash",
        "a/b/c/d/e/f/g/h/i"
      })
  void a_file_name_that_leaves_the_bundle_is_refused(String name) {
    Walk walk = new Walk(registry);
    String model = walk.model("Hostile names");
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.put(name, new byte[] {1});
    registry.runs().put(walk.tenant, "evil", "FINISHED", Map.of(), files);

    walk.register(model, "evil").expectProblem(409, "Registry:BundleRefused");
    assertThat(registry.get(walk.alice, "/models/" + model + "/versions").json().at("/items"))
        .isEmpty();
  }

  @Test
  void a_hostile_onnx_never_reaches_the_serving_engine() {
    Walk walk = new Walk(registry);
    String model = walk.model("Hostile ONNX");
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.put(
        "model.onnx",
        OnnxBytes.model(
                OnnxBytes.graph(OnnxBytes.node("Identity", ""))
                    .field(5, OnnxBytes.tensor().number(14, 1)))
            .bytes());
    registry.runs().put(walk.tenant, "evil", "FINISHED", Map.of(), files);
    walk.register(model, "evil").expect(201);
    walk.awaitChecks(model, 1);

    Answer evidence =
        registry.get(walk.alice, "/models/%s/versions/1/evidence".formatted(model)).expect(200);
    assertThat(evidence.text("/items/0/outcome")).isEqualTo("failed");
    assertThat(evidence.text("/items/0/checks/0/detail")).contains("outside of itself");
    assertThat(registry.router().tried()).doesNotContain(walk.tenant + "/" + model + "/1");
    assertThat(
            walk.promote(walk.alice, model, 1, "staging").expect(202).text("/conditions/0/reason"))
        .isEqualTo("ChecksFailed");
  }

  @Test
  void checks_wait_for_a_router_that_is_away_and_are_made_again_on_request() {
    Walk walk = new Walk(registry);
    String model = walk.model("Patience");
    walk.trainedRun("late", 0.8);
    registry.router().away(true);
    try {
      walk.register(model, "late").expect(201);
      Answer waits = walk.promote(walk.alice, model, 1, "staging").expect(202);
      assertThat(waits.text("/conditions/0/reason")).isEqualTo("ChecksRunning");
    } finally {
      registry.router().away(false);
    }
    String transition =
        registry.get(walk.alice, "/models/" + model + "/transitions").text("/items/0/id");
    walk.awaitStatus(model, transition, "completed");

    registry.router().failCheck(walk.tenant, model, 1, "golden_rows");
    registry.post(walk.alice, "/models/%s/versions/1/validate".formatted(model), "").expect(202);
    assertThat(walk.awaitChecks(model, 1).text("/onnx")).isEqualTo("mismatch");
  }

  @Test
  void the_deployed_version_has_to_give_the_golden_answers() {
    Walk walk = new Walk(registry);
    String model = walk.model("Golden");
    int version = walk.stagingVersion(model, 0.8);
    Answer waits = walk.promote(walk.alice, model, version, "production").expect(202);
    assertThat(waits.text("/conditions/0/reason")).isEqualTo("NotDeployed");

    registry.router().answerWrongly(walk.tenant, model, version, 17);
    registry.router().deploy(walk.tenant, model, version, 0);
    Walk.await(
        () ->
            registry.get(
                walk.alice, "/models/%s/transitions/%s".formatted(model, waits.text("/id"))),
        answer -> answer.text("/conditions/0/reason").equals("TestsFailed"));
  }

  @Test
  void reports_are_counted_and_hostile_ones_refused() {
    Walk walk = new Walk(registry);
    String model =
        walk.model(
            "Reports",
            "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"required_tests\":[\"unit_tests\"]}");
    int version = walk.checkedVersion(model, 0.8);
    String path = "/models/%s/versions/%d/evidence".formatted(model, version);
    Answer waits = walk.promote(walk.alice, model, version, "staging").expect(202);
    assertThat(waits.text("/conditions/1/reason")).isEqualTo("ReportMissing");

    Answer skipped = upload(walk, path, "<testsuite><testcase><skipped/></testcase></testsuite>");
    assertThat(skipped.expect(201).text("/outcome")).isEqualTo("not_run");
    assertThat(skipped.json().at("/tests/skipped").asInt()).isEqualTo(1);
    upload(
            walk,
            path,
            "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><testsuite>&e;</testsuite>")
        .expectProblem(400, "Registry:ReportRefused");
    registry
        .post(
            walk.alice,
            path,
            "{\"kind\":\"platform_checks\",\"format\":\"junit\",\"report\":\"<testsuite/>\"}")
        .expectProblem(400, "Common:InvalidRequest");

    upload(walk, path, "<testsuite><testcase name='a'/></testsuite>").expect(201);
    walk.awaitStatus(model, waits.text("/id"), "completed");
  }

  private static Answer upload(Walk walk, String path, String xml) {
    return registry.post(
        walk.alice,
        path,
        JSON.writeValueAsString(Map.of("kind", "unit_tests", "format", "junit", "report", xml)));
  }

  @Test
  void another_tenant_sees_nothing() {
    Walk walk = new Walk(registry);
    String model = walk.model("Secret");
    int version = walk.checkedVersion(model, 0.8);
    String transition = walk.promote(walk.alice, model, version, "staging").expect(200).text("/id");
    Walk other = new Walk(registry);
    String versionPath = "/models/%s/versions/%d".formatted(model, version);

    for (String path :
        List.of(
            "/models/" + model,
            "/models/" + model + "/policy",
            "/models/" + model + "/versions",
            versionPath,
            versionPath + "/evidence",
            "/models/" + model + "/transitions",
            "/models/%s/transitions/%s".formatted(model, transition),
            "/models/" + model + "/stages")) {
      registry.get(other.admin, path).expectProblem(404, "Registry:ModelNotFound");
    }
    other.promote(other.admin, model, version, "production").expect(404);
    other.approve(other.admin, model, transition).expect(404);
    other.register(model, "any").expect(404);
    assertThat(registry.get(other.alice, "/models").json().at("/items")).isEmpty();
    assertThat(other.model("Secret")).isEqualTo(model);
  }

  @Test
  void the_database_itself_refuses_what_must_not_be() {
    Walk walk = new Walk(registry);
    String model = walk.model("Invariants");
    int first = walk.productionVersion(model, 0.8);
    int second = walk.stagingVersion(model, 0.8);
    JdbcClient sql = registry.bean(JdbcClient.class);
    Transactions transactions = registry.bean(Transactions.class);

    for (String statement :
        List.of(
            "update model_version set digest = 'sha256:swapped' where number = " + first,
            "update model_version set evaluation = '{}' where number = " + first,
            "update model_version set registered_by = 'user:bob' where number = " + first,
            "delete from model_version where number = " + first,
            "update model_version set stage = 'PRODUCTION' where number = " + second,
            "update model_version set superseded = true where number = " + second,
            "update evidence set outcome = 'PASSED'",
            "delete from evidence",
            "update audit set principal = 'user:bob'")) {
      assertThatThrownBy(
              () ->
                  TenantScope.run(
                      new Tenant(walk.tenant),
                      () -> transactions.run(() -> sql.sql(statement).update())))
          .as(statement)
          .isInstanceOf(DataAccessException.class);
    }
  }

  @Test
  void rows_are_visible_to_their_tenant_only() {
    Walk walk = new Walk(registry);
    walk.productionVersion(walk.model("Rows"), 0.8);
    JdbcClient sql = registry.bean(JdbcClient.class);
    Transactions transactions = registry.bean(Transactions.class);

    for (String table :
        List.of(
            "model",
            "policy",
            "model_version",
            "stage_spell",
            "evidence",
            "transition",
            "approval",
            "outbox",
            "audit")) {
      Supplier<Long> count =
          () ->
              transactions.call(
                  () -> sql.sql("select count(*) from " + table).query(Long.class).single());
      assertThat(TenantScope.call(new Tenant(walk.tenant), count)).as(table).isPositive();
      assertThat(TenantScope.call(new Tenant("nobody"), count)).as(table).isZero();
      assertThat(count.get()).as(table).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /models            | {"name":"x","task":"classification","color":"red"}                    | color
          /models            | {"name":"","task":"classification"}                                   | name
          /models            | {"name":"x"}                                                          | task
          /models            | {"name":"x","task":"poetry"}                                          | task
          /models            | {"name":"!!!","task":"classification"}                                | name
          /models            | {"name":["x"],"task":"classification"}                                    | name
          /models            | {"name":"x","task":"classification","policy":{"baseline":[{"metric":"auc"}]}} | policy
          /models/m/promote  | {"version":0,"target_stage":"staging"}                                | version
          /models/m/promote  | {"version":1}                                                         | target_stage
          /models/m/promote  | {"version":1,"target_stage":"nirvana"}                                | target_stage
          /models/m/promote  | {"version":"1","target_stage":"staging"}                              | version
          /models/m/versions | {"run_id":"../../etc"}                                                | run_id
          /models/m/versions | {"run_id":"r","uri":"s3://other/bucket"}                              | uri
          /models/m/versions | {"run_id":"r","semantic_version":"latest"}                            | semantic_version
          /models/m/versions | {}                                                                    | run_id
          """)
  void bad_input_is_named(String path, String body, String field) {
    Walk walk = new Walk(registry);
    walk.model("m");
    Answer answer =
        registry.post(walk.alice, path, body).expectProblem(400, "Common:InvalidRequest");
    assertThat(answer.text("/violations/0/field")).startsWith(field);
  }

  @Test
  void a_request_that_cannot_be_read_is_answered_by_a_problem() throws Exception {
    UnreadableRequests.check(
        registry.get("", "/v3/api-docs").http().uri(),
        "/api/v1/ml/models",
        TestTokens.user("acme", "alice", Role.ADMIN));
  }

  @Test
  void the_api_is_the_one_that_is_checked_in() {
    OpenApiContract.verify(
        registry.get("", "/v3/api-docs").expect(200).http().body(),
        Path.of("src/main/openapi/model-registry-gateway.json"));
  }
}
