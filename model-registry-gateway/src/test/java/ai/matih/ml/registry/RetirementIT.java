package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.verifier.BundleVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The end of a model and its return, over HTTP, on two replicas. */
class RetirementIT {

  private static final String REASON = "{\"reason\":\"Nobody needs it.\"}";

  private static RegistryUnderTest one;
  private static RegistryUnderTest two;
  private static Walk walk;

  @BeforeAll
  static void start() {
    one = RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
    two = one.replica();
    walk = new Walk(one);
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
  }

  private static Answer retire(RegistryUnderTest replica, String token, String model) {
    return replica.post(token, "/models/" + model + "/retire", REASON);
  }

  private static Answer model(String model) {
    return one.get(walk.alice, "/models/" + model);
  }

  private static void undeploy(String model, int version) {
    one.router().serve(walk.tenant, model, version, Serving.NOBODY);
  }

  private static int modelsThatAre(boolean retired) {
    return one.get(walk.alice, "/models?name_contains=Ends&retired=" + retired)
        .expect(200)
        .json()
        .at("/items")
        .size();
  }

  @Test
  void a_model_ends_once_somebody_else_agrees_and_nothing_is_deployed_and_comes_back()
      throws Exception {
    String model = walk.model("Ends");
    int version = walk.productionVersion(model, 0.8);
    int other = walk.checkedVersion(model, 0.7);
    retire(one, walk.bob, model).expectProblem(403, "Common:Forbidden");
    String foreign = TestTokens.user("elsewhere", "eve", Role.ADMIN);
    retire(one, foreign, model).expectProblem(404, "Registry:ModelNotFound");
    one.post(walk.alice, "/models/" + model + "/retire", "{\"reason\":\" \"}")
        .expectProblem(400, "Common:InvalidRequest");

    List<Future<Answer>> asked = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        RegistryUnderTest replica = i % 2 == 0 ? one : two;
        asked.add(clients.submit(() -> retire(replica, walk.alice, model)));
      }
    }
    List<String> transitions = new ArrayList<>();
    for (Future<Answer> answer : asked) {
      transitions.add(answer.get().expect(202).text("/id"));
    }
    assertThat(transitions).containsOnly(transitions.getFirst());
    String transition = transitions.getFirst();
    walk.approve(walk.alice, model, transition).expectProblem(403, "Common:Forbidden");
    walk.approve(walk.bob, model, transition).expect(202);
    walk.awaitMissing(model, transition, "NothingDeployed");
    assertThat(model(model).json().has("retirement")).isFalse();

    undeploy(model, version);
    walk.awaitStatus(model, transition, "completed");

    Answer retired = Walk.await(() -> model(model), answer -> answer.json().has("retirement"));
    assertThat(retired.text("/retirement/reason")).isEqualTo("Nobody needs it.");
    assertThat(retired.text("/retirement/retired_by")).isEqualTo("user:alice");
    assertThat(retired.text("/retirement/transition_id")).isEqualTo(transition);
    assertThat(retired.json().at("/versions/archived")).hasSize(2);
    assertThat(modelsThatAre(true)).isEqualTo(1);
    assertThat(modelsThatAre(false)).isZero();
    assertThat(retire(two, walk.admin, model).expect(200).text("/id")).isEqualTo(transition);
    walk.trainedRun("later", 0.9);
    assertThat(
            walk.register(model, "later")
                .expectProblem(409, "Registry:ModelRetired")
                .text("/detail"))
        .contains("user:alice", "Nobody needs it.");
    walk.promote(walk.alice, model, other, "staging").expectProblem(409, "Registry:ModelRetired");
    byte[] bundle =
        one.download(walk.bob, "/models/%s/transitions/%s/bundle".formatted(model, transition));
    String keys = one.get(walk.bob, "/audit/registry/keys").expect(200).http().body();
    assertThat(BundleVerifier.verify(bundle, Optional.of(keys)).findings()).isEmpty();

    two.post(walk.alice, "/models/" + model + "/reactivate", "{}").expect(204);
    one.post(walk.alice, "/models/" + model + "/reactivate", "{}")
        .expectProblem(409, "Registry:NotRetired");
    assertThat(modelsThatAre(true)).isZero();
    walk.register(model, "later").expect(201);
    assertThat(
            one.get(walk.alice, "/models/%s/versions/%d".formatted(model, version)).text("/stage"))
        .isEqualTo("archived");
  }

  @Test
  void another_replica_goes_on_where_one_ends() {
    String model = walk.model("Restarted");
    int version = walk.productionVersion(model, 0.8);
    String transition;
    try (RegistryUnderTest mortal = one.replica()) {
      transition = retire(mortal, walk.alice, model).expect(202).text("/id");
      mortal
          .post(walk.bob, "/models/%s/transitions/%s/approve".formatted(model, transition), "{}")
          .expect(202);
    }
    undeploy(model, version);
    walk.awaitStatus(model, transition, "completed");
    assertThat(Walk.await(() -> model(model), answer -> answer.json().has("retirement")).status())
        .isEqualTo(200);
  }

  @Test
  void what_is_not_live_cannot_be_retired_and_a_request_can_be_taken_back() {
    String model = walk.model("Empty");
    retire(one, walk.alice, model).expectProblem(409, "Registry:NothingToRetire");
    int version = walk.checkedVersion(model, 0.8);
    Answer rehearsed =
        one.post(
            walk.alice,
            "/models/" + model + "/retire",
            "{\"reason\":\"Rehearsal.\",\"dry_run\":true}");
    assertThat(rehearsed.expect(200).json().at("/retires_model").asBoolean()).isTrue();
    String transition = retire(one, walk.alice, model).expect(202).text("/id");
    one.post(walk.alice, "/models/%s/transitions/%s/cancel".formatted(model, transition), "{}")
        .expect(200);
    walk.promote(walk.alice, model, version, "staging").expect(200);
  }
}
