package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Four eyes behind keys, overridden gates and roll-backs, over HTTP on a real database. */
class EmergencyIT {

  private static final String BECAUSE = "{\"reason\":\"Customers wait.\"}";

  private static RegistryUnderTest registry;

  @BeforeAll
  static void start() {
    registry =
        RegistryUnderTest.start(
            TestEngines.postgres().freshDatabase("registry"),
            Map.of("registry.promotion.confirm-within", "PT4S"));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  /** A token as the door makes it for an API key. */
  private static String key(String tenant, String principal, String madeBy, Role role) {
    return TestTokens.signer("ml-api")
        .sign(
            new Tenant(tenant),
            principal,
            Set.of(role),
            Duration.ofMinutes(5),
            Map.of("key_id", "k1", "key_made_by", madeBy));
  }

  private static String operator(Walk walk) {
    return TestTokens.user(walk.tenant, "olga", Role.OPERATOR);
  }

  private static String transition(String model, String id) {
    return "/models/%s/transitions/%s".formatted(model, id);
  }

  @Test
  void a_key_is_as_good_as_whoever_it_stands_for_and_whoever_made_it() {
    Walk walk = new Walk(registry);
    String model = walk.model("Keys");
    int version = walk.stagingVersion(model, 0.8);
    registry.router().deploy(walk.tenant, model, version, 0);
    String id = walk.promote(walk.alice, model, version, "production").expect(202).text("/id");
    walk.awaitMissing(model, id, "ApprovedByOthers");

    walk.approve(key(walk.tenant, "user:alice", "user:root", Role.REVIEWER), model, id)
        .expectProblem(403, "Registry:FourEyes");
    walk.approve(key(walk.tenant, "user:ghost", "user:alice", Role.REVIEWER), model, id)
        .expectProblem(403, "Registry:FourEyes");
    walk.approve(key(walk.tenant, "service:ci", "user:root", Role.REVIEWER), model, id)
        .expectProblem(403, "Registry:FourEyes");
    Answer done =
        walk.approve(key(walk.tenant, "user:bob", "user:root", Role.REVIEWER), model, id)
            .expect(200);
    assertThat(done.text("/policy/outdated")).isEqualTo("false");
    Answer stages =
        registry.get(walk.alice, "/models/%s/versions/%d/stages".formatted(model, version));
    assertThat(stages.expect(200).json().at("/items")).hasSize(3);
    assertThat(stages.text("/items/2/stage")).isEqualTo("production");
    assertThat(stages.text("/items/2/approvals/0")).isEqualTo(done.text("/approvals/0/id"));
    assertThat(stages.json().at("/items/2/evidence")).isNotEmpty();
  }

  @Test
  void an_override_moves_at_once_is_confirmed_and_stays_on_the_version() {
    Walk walk = new Walk(registry);
    String model = walk.model("Override");
    int version = walk.stagingVersion(model, 0.8);
    String id = walk.promote(walk.alice, model, version, "production").expect(202).text("/id");
    String path = transition(model, id) + "/override";

    registry.post(walk.alice, path, BECAUSE).expectProblem(403, "Common:Forbidden");
    registry.post(operator(walk), path, "{}").expectProblem(400, "Common:InvalidRequest");
    registry.get(walk.alice, path).expectProblem(404, "Registry:OverrideNotFound");
    registry.post(operator(walk), path, BECAUSE, "Idempotency-Key", "o").expect(200);
    Answer again = registry.post(operator(walk), path, BECAUSE, "Idempotency-Key", "o").expect(200);
    assertThat(again.text("/status")).isEqualTo("completed");

    Answer override = registry.get(walk.alice, path).expect(200);
    assertThat(override.text("/status")).isEqualTo("awaiting_confirmation");
    assertThat(override.text("/by")).isEqualTo("user:olga");
    assertThat(override.json().at("/conditions")).hasSize(2);
    registry.post(walk.bob, path + "/confirm", "{\"comment\":\"Seen.\"}").expect(200);
    assertThat(registry.get(walk.alice, path).text("/status")).isEqualTo("confirmed");

    Answer marked =
        registry.get(walk.alice, "/models/%s/versions/%d".formatted(model, version)).expect(200);
    assertThat(marked.text("/overrides/0/status")).isEqualTo("confirmed");
    assertThat(marked.text("/overrides/0/transition_id")).isEqualTo(id);
    assertThat(registry.get(walk.alice, "/models/" + model + "/overrides").text("/items/0/id"))
        .isEqualTo(override.text("/id"));
    assertThat(
            registry
                .get(walk.bob, "/audit/registry/overrides?status=confirmed")
                .text("/items/0/id"))
        .isEqualTo(override.text("/id"));
    registry.get(new Walk(registry).alice, path).expect(404);
  }

  @Test
  void an_override_that_nobody_confirms_is_undone_with_its_traffic() {
    Walk walk = new Walk(registry);
    String model = walk.model("Unconfirmed");
    int first = walk.productionVersion(model, 0.8);
    int second = walk.stagingVersion(model, 0.85);
    registry.router().deploy(walk.tenant, model, second, 10_000);
    String id = walk.promote(walk.alice, model, second, "production").expect(202).text("/id");
    registry.post(operator(walk), transition(model, id) + "/override", BECAUSE).expect(200);

    Answer lapsed =
        Walk.await(
            () -> registry.get(walk.alice, transition(model, id) + "/override"),
            answer -> answer.text("/undo").equals("done"));
    assertThat(lapsed.text("/status")).isEqualTo("unconfirmed");
    assertThat(
            registry.get(walk.alice, "/models/" + model).json().at("/versions/production").asInt())
        .isEqualTo(first);
    Walk.await(
        () -> registry.get(walk.alice, "/models/" + model + "/rollbacks"),
        answer -> answer.text("/items/0/status").equals("completed"));
    assertThat(registry.router().weightBps(walk.tenant, model, first)).isEqualTo(10_000);
    registry
        .post(walk.bob, transition(model, id) + "/override/confirm", "{}")
        .expectProblem(409, "Registry:OverrideSettled");
  }

  @Test
  void a_roll_back_moves_stage_and_traffic_though_a_reply_is_lost() {
    Walk walk = new Walk(registry);
    String model = walk.model("Back");
    String path = "/models/" + model + "/rollback";
    int first = walk.productionVersion(model, 0.8);
    registry.post(walk.alice, path, BECAUSE).expectProblem(409, "Registry:NothingToRollBackTo");
    int second = walk.productionVersion(model, 0.85);
    registry.post(walk.bob, path, BECAUSE).expectProblem(403, "Common:Forbidden");
    Answer dry = registry.post(walk.alice, path, "{\"reason\":\"x\",\"dry_run\":true}").expect(200);
    assertThat(dry.json().at("/to_version").asInt()).isEqualTo(first);

    registry.router().loseReplies(true);
    Answer moving;
    try {
      moving = registry.post(operator(walk), path, BECAUSE, "Idempotency-Key", "r").expect(202);
      assertThat(moving.text("/conditions/1/status")).isEqualTo("unknown");
      assertThat(moving.text("/conditions/1/fixed_by")).isEqualTo("platform");
    } finally {
      registry.router().loseReplies(false);
    }
    String resource = "/models/%s/rollbacks/%s".formatted(model, moving.text("/id"));
    Walk.await(
        () -> registry.get(walk.alice, resource),
        answer -> answer.text("/status").equals("completed"));
    assertThat(registry.router().weightBps(walk.tenant, model, first)).isEqualTo(10_000);
    assertThat(
            registry
                .get(walk.alice, "/models/%s/versions/%d".formatted(model, second))
                .text("/stage"))
        .isEqualTo("staging");
    registry
        .get(walk.alice, "/models/" + model + "/rollbacks/00000000-0000-0000-0000-000000000000")
        .expectProblem(404, "Registry:RollbackNotFound");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rollback | {} | reason",
        "rollback | {\"reason\":\" \"} | reason",
        "rollback | {\"reason\":\"x\",\"version\":1} | version",
        "rollback | {\"reason\":\"x\",\"dry_run\":\"yes\"} | dry_run",
        "transitions/00000000-0000-0000-0000-000000000000/override | {\"reason\":\"\"} | reason",
        "transitions/00000000-0000-0000-0000-000000000000/override/confirm | {\"comment\":1} | comment"
      })
  void bad_input_names_its_field(String act, String body, String field) {
    Walk walk = new Walk(registry);
    Answer answer = registry.post(walk.admin, "/models/m/" + act, body).expect(400);
    assertThat(answer.text("/violations/0/field")).isEqualTo(field);
  }
}
