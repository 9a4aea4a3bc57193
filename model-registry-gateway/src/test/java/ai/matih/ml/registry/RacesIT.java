package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.audit.AuditRow;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.fixture.AuditReader;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.VersionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fifty clients at once against two replicas of the service on one real PostgreSQL. */
class RacesIT {

  private static final int CLIENTS = 50;

  private static RegistryUnderTest one;
  private static RegistryUnderTest two;

  @BeforeAll
  static void start() {
    one = RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
    two = one.replica();
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
  }

  private static RegistryUnderTest replica(int client) {
    return client % 2 == 0 ? one : two;
  }

  /** Lets all clients go at the same moment. */
  private static List<Answer> race(IntFunction<Answer> client) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        answers.add(
            clients.submit(
                () -> {
                  go.await();
                  return client.apply(number);
                }));
      }
      go.countDown();
      List<Answer> all = new ArrayList<>();
      for (Future<Answer> answer : answers) {
        all.add(answer.get());
      }
      return all;
    }
  }

  private static void assertAuditHolds(Walk walk) {
    assertThat(
            TenantScope.call(new Tenant(walk.tenant), () -> one.bean(Audit.class).firstBrokenRow()))
        .isZero();
  }

  @Test
  void a_change_is_seen_at_once_where_it_was_made_and_soon_by_the_other_replica() {
    Walk walk = new Walk(one);
    String model = walk.model("Looks");
    int version = walk.checkedVersion(model, 0.8);
    String path = "/models/" + model + "/versions/" + version;
    for (RegistryUnderTest replica : List.of(one, two)) {
      assertThat(replica.get(walk.alice, path).text("/stage")).isEqualTo("development");
    }

    walk.promote(walk.alice, model, version, "staging").expect(200);

    assertThat(one.get(walk.alice, path).text("/stage")).isEqualTo("staging");
    assertThat(one.get(walk.alice, "/models/" + model).json().at("/versions/staging/0").asInt())
        .isEqualTo(version);
    Walk.await(() -> two.get(walk.alice, path), answer -> answer.text("/stage").equals("staging"));
  }

  @Test
  void registrations_at_once_get_distinct_numbers_and_the_same_run_gets_one() throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("Numbers");
    for (int run = 0; run < CLIENTS / 2; run++) {
      walk.trainedRun("run" + run, 0.8);
    }

    List<Answer> answers =
        race(client -> new Walk(replica(client), walk.tenant).register(model, "run" + client / 2));

    assertThat(answers).allMatch(answer -> answer.status() == 201 || answer.status() == 200);
    assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(CLIENTS / 2);
    assertThat(answers.stream().map(answer -> answer.json().at("/version").asInt()).distinct())
        .hasSize(CLIENTS / 2)
        .allMatch(number -> number >= 1 && number <= CLIENTS / 2);
    assertAuditHolds(walk);
  }

  @Test
  void promotions_at_once_make_one_transition_and_one_stage_change() throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("One move");
    int version = walk.checkedVersion(model, 0.8);

    List<Answer> answers =
        race(
            client ->
                new Walk(replica(client), walk.tenant)
                    .promote(
                        TestTokens.user(walk.tenant, "user" + client % 5, Role.ML_ENGINEER),
                        model,
                        version,
                        "staging"));

    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() != 200))
        .allMatch(answer -> answer.text("/code").equals("Registry:IllegalTransition"));
    assertThat(one.get(walk.alice, "/models/" + model + "/transitions").json().at("/items"))
        .hasSize(1);
    assertAuditHolds(walk);
  }

  @Test
  void deletions_at_once_delete_a_version_once() throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("One deletion");
    int version = walk.checkedVersion(model, 0.8);
    String path = "/models/%s/versions/%d".formatted(model, version);

    List<Answer> answers = race(client -> replica(client).delete(walk.alice, path));

    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() != 200))
        .allMatch(answer -> answer.text("/code").equals("Registry:VersionDeleted"));
    assertThat(one.get(walk.alice, "/models/" + model + "/deletions").json().at("/items"))
        .hasSize(1);
    assertAuditHolds(walk);
  }

  @Test
  void a_deletion_and_promotions_at_once_leave_nothing_open() throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("Going and coming", "{}");
    int version = walk.checkedVersion(model, 0.8);
    String path = "/models/%s/versions/%d".formatted(model, version);

    List<Answer> answers =
        race(
            client ->
                client < 5
                    ? replica(client).delete(walk.alice, path)
                    : new Walk(replica(client), walk.tenant)
                        .promote(
                            TestTokens.user(walk.tenant, "user" + client, Role.ML_ENGINEER),
                            model,
                            version,
                            client % 2 == 0 ? "staging" : "archived"));

    assertThat(answers).allMatch(answer -> answer.status() < 500);
    assertThat(answers.subList(0, 5).stream().filter(answer -> answer.status() == 200)).hasSize(1);
    two.get(walk.alice, path).expectProblem(410, "Registry:VersionDeleted");
    assertThat(
            one.get(walk.alice, "/models/" + model + "/transitions?status=pending")
                .json()
                .at("/items"))
        .isEmpty();
    assertAuditHolds(walk);
  }

  @Test
  void a_model_that_is_deleted_while_versions_come_and_go_takes_all_of_them_along()
      throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("All or none");
    int version = walk.checkedVersion(model, 0.8);
    for (int client = 0; client < CLIENTS; client++) {
      walk.trainedRun("run" + client, 0.8);
    }

    List<Answer> answers =
        race(
            client ->
                switch (client % 3) {
                  case 0 -> replica(client).delete(walk.alice, "/models/" + model);
                  case 1 -> new Walk(replica(client), walk.tenant).register(model, "run" + client);
                  default ->
                      replica(client)
                          .delete(walk.alice, "/models/%s/versions/%d".formatted(model, version));
                });

    assertThat(answers).allMatch(answer -> answer.status() < 500);
    if (two.get(walk.alice, "/models/" + model).status() == 200) {
      // Each deletion saw a version come; nobody is in its way now.
      two.delete(walk.alice, "/models/" + model).expect(200);
    }
    one.get(walk.alice, "/models/" + model).expectProblem(410, "Registry:ModelDeleted");
    assertThat(
            TenantScope.call(
                new Tenant(walk.tenant),
                () -> one.bean(Versions.class).states(new ModelId(model)).stream()))
        .isNotEmpty()
        .allMatch(VersionState::deleted);
    assertAuditHolds(walk);
  }

  @Test
  void approvals_of_two_versions_at_once_put_exactly_one_into_production() throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("One winner");
    List<String> transitions = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int version = walk.stagingVersion(model, 0.8 + i / 100.0);
      one.router().deploy(walk.tenant, model, version, 0);
      transitions.add(
          walk.promote(walk.alice, model, version, "production").expect(202).text("/id"));
    }
    for (String transition : transitions) {
      walk.awaitMissing(model, transition, "ApprovedByOthers");
    }

    List<Answer> answers =
        race(
            client ->
                new Walk(replica(client), walk.tenant)
                    .approve(
                        TestTokens.user(walk.tenant, "reviewer" + client, Role.REVIEWER),
                        model,
                        transitions.get(client % 2)));

    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() != 200))
        .allMatch(answer -> answer.text("/code").equals("Registry:TransitionClosed"));
    List<String> ends =
        transitions.stream()
            .map(id -> two.get(walk.alice, "/models/%s/transitions/%s".formatted(model, id)))
            .map(answer -> answer.text("/status"))
            .sorted()
            .toList();
    assertThat(ends).containsExactly("completed", "failed");
    assertThat(one.get(walk.alice, "/models/" + model).json().at("/versions/staging")).hasSize(1);
    assertAuditHolds(walk);
  }

  @Test
  void whatever_races_the_audit_alone_shows_that_every_move_had_its_right() throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("Everything at once");
    int first = walk.productionVersion(model, 0.8);
    List<Integer> challengers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int version = walk.stagingVersion(model, 0.81 + i / 100.0);
      one.router().deploy(walk.tenant, model, version, 0);
      one.router()
          .abTest(
              walk.tenant,
              model,
              version,
              new AbTest(
                  walk.digest(model, version),
                  Optional.of(walk.digest(model, first)),
                  AbVerdict.BETTER,
                  false));
      challengers.add(version);
    }

    race(
        client -> {
          RegistryUnderTest replica = replica(client);
          Walk mine = new Walk(replica, walk.tenant);
          Random dice = new Random(client);
          String token = TestTokens.user(walk.tenant, "person" + client % 7, Role.ADMIN);
          Answer last = replica.get(token, "/models/" + model);
          for (int round = 0; round < 6; round++) {
            int version = challengers.get(dice.nextInt(challengers.size()));
            last =
                switch (dice.nextInt(8)) {
                  case 0, 1 -> mine.promote(token, model, version, "production");
                  case 2, 3 -> onSomeOpen(replica, token, model, dice, "approve", "{}");
                  case 4 ->
                      onSomeOpen(replica, token, model, dice, "override", "{\"reason\":\"race\"}");
                  case 5 ->
                      replica.post(
                          token, "/models/" + model + "/rollback", "{\"reason\":\"race\"}");
                  case 6 ->
                      replica.post(
                          token,
                          "/models/%s/versions/%d/evidence".formatted(model, version),
                          "{\"kind\":\"bias_tests\",\"format\":\"json\",\"report\":{\"tests\":[{\"name\":\"t%d\",\"outcome\":\"passed\"}]}}"
                              .formatted(dice.nextInt()));
                  default -> mine.promote(token, model, first, "archived");
                };
            assertThat(last.status()).as(last.http().body()).isLessThan(500);
          }
          return last;
        });

    List<AuditRow> rows =
        TenantScope.call(
            new Tenant(walk.tenant),
            () -> one.bean(Audit.class).below("models/" + model, Long.MAX_VALUE, 100_000));
    AuditReader reader = new AuditReader(rows.reversed());
    assertThat(reader.wrong()).isEmpty();
    assertThat(reader.count("stage.changed")).isGreaterThan(8);
    assertThat(reader.count("transition.approved")).isPositive();
    assertAuditHolds(walk);
  }

  private static Answer onSomeOpen(
      RegistryUnderTest replica, String token, String model, Random dice, String act, String body) {
    Answer open = replica.get(token, "/models/" + model + "/transitions?status=pending");
    int count = open.json().at("/items").size();
    return count == 0
        ? open
        : replica.post(
            token,
            "/models/%s/transitions/%s/%s"
                .formatted(model, open.text("/items/%d/id".formatted(dice.nextInt(count))), act),
            body);
  }

  @Test
  void repeats_of_one_request_at_once_are_one_request() throws Exception {
    Walk walk = new Walk(one);
    String model = walk.model("Repeats", "{}");
    int version = walk.checkedVersion(model, 0.8);
    String body = "{\"version\":%d,\"target_stage\":\"staging\"}".formatted(version);

    List<Answer> answers =
        race(
            client ->
                replica(client)
                    .post(
                        walk.alice,
                        "/models/" + model + "/promote",
                        body,
                        "Idempotency-Key",
                        "once"));

    assertThat(answers)
        .allMatch(
            answer ->
                answer.status() == 202
                    || answer.text("/code").equals("Common:IdempotencyInProgress"));
    assertThat(
            answers.stream()
                .filter(answer -> answer.status() == 202)
                .map(answer -> answer.text("/id"))
                .distinct())
        .hasSize(1);
    assertAuditHolds(walk);
  }
}
