package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.artifact.LoggedModelId;
import ai.matih.ml.registry.artifact.LoggedModels;
import ai.matih.ml.registry.fixture.FakeLoggedModels;
import ai.matih.ml.registry.fixture.FakeRunArtifacts;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.registry.model.TrainingJobs;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How versions leave, on a real PostgreSQL and a real S3 store. */
class RetentionIT {

  private static RegistryUnderTest registry;

  @BeforeAll
  static void start() {
    registry = RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static Answer delete(Walk walk, String model, int version) {
    return registry.delete(
        walk.alice, "/models/%s/versions/%d?reason=old".formatted(model, version));
  }

  private static Answer version(Walk walk, String model, int version) {
    return registry.get(walk.alice, "/models/%s/versions/%d".formatted(model, version));
  }

  private static Answer restore(Walk walk, String model, int version) {
    return registry.post(
        walk.alice, "/models/%s/versions/%d/restore".formatted(model, version), "");
  }

  /** Lets the time of grace pass. */
  private static void later(Walk walk) {
    sql(walk, "update deletion set remove_at = now() - interval '1 second', next_try_at = now()");
  }

  private static void sql(Walk walk, String sql) {
    TenantScope.run(
        new Tenant(walk.tenant),
        () ->
            registry
                .bean(Transactions.class)
                .run(() -> registry.bean(JdbcClient.class).sql(sql).update()));
  }

  private static Answer awaitRemoved(Walk walk, String model) {
    return Walk.await(
        () -> registry.get(walk.alice, "/models/" + model + "/deletions"),
        answer -> answer.text("/items/0/status").equals("removed"));
  }

  private static long stored(Walk walk, Digest digest) {
    return TenantScope.call(
        new Tenant(walk.tenant), () -> registry.bean(BundleStore.class).sizeBytes(digest));
  }

  @Test
  void a_deleted_version_is_gone_for_everybody_and_can_be_restored() {
    Walk walk = new Walk(registry);
    String model = walk.model("Deleted");
    int version = walk.checkedVersion(model, 0.9);
    int other = walk.checkedVersion(model, 0.91);
    Digest digest = walk.digest(model, version);
    String noBaseline = walk.promote(walk.alice, model, version, "archived").text("/status");
    assertThat(noBaseline).isEqualTo("completed");

    Answer deleted = delete(walk, model, version).expect(200);
    assertThat(deleted.text("/status")).isEqualTo("waiting");
    assertThat(deleted.text("/deleted_by")).isEqualTo("user:alice");
    assertThat(deleted.json().has("restorable_until")).isTrue();

    version(walk, model, version).expectProblem(410, "Registry:VersionDeleted");
    delete(walk, model, version).expectProblem(410, "Registry:VersionDeleted");
    walk.promote(walk.alice, model, version, "staging")
        .expectProblem(410, "Registry:VersionDeleted");
    registry
        .post(walk.alice, "/models/%s/versions/%d/validate".formatted(model, version), "{}")
        .expectProblem(410, "Registry:VersionDeleted");
    Answer list = registry.get(walk.alice, "/models/" + model + "/versions").expect(200);
    assertThat(list.json().path("items")).hasSize(1);
    assertThat(list.json().at("/items/0/version").asInt()).isEqualTo(other);
    assertThat(stored(walk, digest)).isPositive();

    assertThat(restore(walk, model, version).expect(200).text("/status")).isEqualTo("restored");
    assertThat(version(walk, model, version).expect(200).text("/stage")).isEqualTo("archived");
    restore(walk, model, version).expectProblem(409, "Registry:NotRestorable");
  }

  @Test
  void an_open_transition_ends_with_its_version() {
    Walk walk = new Walk(registry);
    String model = walk.model("Open", "{}");
    int version = walk.checkedVersion(model, 0.9);
    String open = walk.promote(walk.alice, model, version, "staging").expect(202).text("/id");
    delete(walk, model, version).expect(200);
    assertThat(
            registry
                .get(walk.alice, "/models/%s/transitions/%s".formatted(model, open))
                .expect(200)
                .text("/status"))
        .isEqualTo("failed");
  }

  @Test
  void an_override_that_awaits_its_confirmation_keeps_the_version() {
    Walk walk = new Walk(registry);
    String model = walk.model("Overridden", "{}");
    int version = walk.checkedVersion(model, 0.9);
    String open = walk.promote(walk.alice, model, version, "staging").expect(202).text("/id");
    String override = "/models/%s/transitions/%s/override".formatted(model, open);
    registry
        .post(
            TestTokens.user(walk.tenant, "olga", Role.OPERATOR),
            override,
            "{\"reason\":\"An emergency.\"}")
        .expect(200);

    assertThat(delete(walk, model, version).expectProblem(409, "Registry:InUse").text("/detail"))
        .contains("user:olga awaits confirmation");
    registry.delete(walk.alice, "/models/" + model).expectProblem(409, "Registry:InUse");
    assertThat(version(walk, model, version).expect(200).text("/stage")).isEqualTo("staging");

    registry.post(walk.bob, override + "/confirm", "{}").expect(200);
    delete(walk, model, version).expect(200);
  }

  @Test
  void files_go_after_the_time_of_grace_and_what_was_freed_is_said() {
    Walk walk = new Walk(registry);
    String model = walk.model("Freed");
    int version = walk.checkedVersion(model, 0.9);
    Digest digest = walk.digest(model, version);
    long size = stored(walk, digest);
    delete(walk, model, version).expect(200);
    later(walk);

    Answer removed = awaitRemoved(walk, model);
    assertThat(removed.json().at("/items/0/freed_bytes").asLong()).isEqualTo(size).isPositive();
    assertThat(stored(walk, digest)).isZero();
    Answer retention = registry.get(walk.alice, "/models/" + model + "/retention").expect(200);
    assertThat(retention.json().path("freed_bytes").asLong()).isEqualTo(size);
    assertThat(retention.json().path("removed_versions").asInt()).isEqualTo(1);
    restore(walk, model, version).expectProblem(409, "Registry:NotRestorable");

    int next = walk.checkedVersion(model, 0.9);
    assertThat(next).isEqualTo(version + 1);
  }

  @Test
  void files_that_another_version_has_stay() {
    Walk walk = new Walk(registry);
    String first = walk.model("Shared one");
    String second = walk.model("Shared two");
    Map<String, byte[]> files = TestBundles.good("shared");
    registry.runs().put(walk.tenant, "shared1", "FINISHED", Map.of(), files);
    registry.runs().put(walk.tenant, "shared2", "FINISHED", Map.of(), files);
    int one = walk.register(first, "shared1").expect(201).json().at("/version").asInt();
    int two = walk.register(second, "shared2").expect(201).json().at("/version").asInt();
    Digest digest = walk.digest(first, one);

    delete(walk, first, one).expect(200);
    later(walk);
    Answer kept = awaitRemoved(walk, first);
    assertThat(kept.json().at("/items/0/freed_bytes").asLong()).isZero();
    assertThat(kept.text("/items/0/note")).contains("models/shared-two/versions/1");
    assertThat(stored(walk, digest)).isPositive();

    delete(walk, second, two).expect(200);
    later(walk);
    assertThat(awaitRemoved(walk, second).json().at("/items/0/freed_bytes").asLong()).isPositive();
    assertThat(stored(walk, digest)).isZero();
  }

  @Test
  void a_removal_that_broke_off_goes_on_and_reports_the_whole() {
    Walk walk = new Walk(registry);
    String model = walk.model("Broken off");
    int version = walk.checkedVersion(model, 0.9);
    Digest digest = walk.digest(model, version);
    long size = stored(walk, digest);
    delete(walk, model, version).expect(200);
    // As a replica leaves it that died after the first files were gone.
    sql(
        walk,
        "insert into bundle_removal (tenant, digest, size_bytes) values (current_setting('app.tenant'), '%s', %d)"
            .formatted(digest.value(), size));
    TenantScope.run(new Tenant(walk.tenant), () -> registry.bean(BundleStore.class).remove(digest));
    restore(walk, model, version).expectProblem(409, "Registry:NotRestorable");
    later(walk);
    assertThat(awaitRemoved(walk, model).json().at("/items/0/freed_bytes").asLong())
        .isEqualTo(size);
  }

  @Test
  void what_serves_or_was_in_production_is_never_deleted() {
    Walk walk = new Walk(registry);
    String model = walk.model("Kept");
    int production = walk.productionVersion(model, 0.8);
    assertThat(delete(walk, model, production).expectProblem(409, "Registry:InUse").text("/detail"))
        .contains("Production");
    walk.productionVersion(model, 0.85);
    registry.router().deploy(walk.tenant, model, production, 0);
    walk.promote(walk.alice, model, production, "archived").expect(200);
    delete(walk, model, production).expectProblem(409, "Registry:InUse");
    registry.delete(walk.alice, "/models/" + model).expectProblem(409, "Registry:InUse");

    int deployed = walk.checkedVersion(model, 0.9);
    registry.router().deploy(walk.tenant, model, deployed, 0);
    assertThat(delete(walk, model, deployed).expectProblem(409, "Registry:InUse").text("/detail"))
        .contains("deployed");
  }

  @Test
  void a_deleted_model_keeps_its_id_and_can_be_restored() {
    Walk walk = new Walk(registry);
    String model = walk.model("Whole model");
    int version = walk.checkedVersion(model, 0.9);
    Answer deleted = registry.delete(walk.alice, "/models/" + model).expect(200);
    assertThat(deleted.json().path("versions")).hasSize(1);

    registry.get(walk.alice, "/models/" + model).expectProblem(410, "Registry:ModelDeleted");
    version(walk, model, version).expectProblem(410, "Registry:ModelDeleted");
    assertThat(registry.get(walk.alice, "/models").json().path("items")).isEmpty();
    registry
        .post(walk.alice, "/models", "{\"name\":\"Whole model\",\"task\":\"regression\"}")
        .expectProblem(409, "Registry:ModelNameTaken");
    assertThat(
            registry
                .get(walk.alice, "/models/" + model + "/deletions")
                .expect(200)
                .text("/items/0/cause"))
        .isEqualTo("model");

    registry.post(walk.alice, "/models/" + model + "/restore", "").expect(204);
    version(walk, model, version).expect(200);
    registry
        .post(walk.alice, "/models/" + model + "/restore", "")
        .expectProblem(409, "Registry:NotRestorable");
  }

  /** As many versions as if somebody had registered one run after the other. */
  private static void clones(Walk walk, String model, int to) {
    sql(
        walk,
        """
        insert into model_version (tenant, id, model_id, number, stage, superseded, stage_since, digest, files,
          signature, evaluation, provenance, provenance_reason, lineage, run_id, experiment_id, registered_by,
          created_at, onnx, validation, validation_requested_at)
        select tenant, gen_random_uuid(), model_id, n, stage, superseded, stage_since, digest, files,
          signature, evaluation, provenance, provenance_reason, lineage, 'clone-' || n, experiment_id, registered_by,
          created_at, onnx, validation, validation_requested_at
        from model_version, generate_series(2, %d) n where model_id = '%s' and number = 1
        """
            .formatted(to, model));
  }

  private static long count(Walk walk, String from) {
    return TenantScope.call(
        new Tenant(walk.tenant),
        () ->
            registry
                .bean(Transactions.class)
                .call(
                    () ->
                        registry
                            .bean(JdbcClient.class)
                            .sql("select count(*) from " + from)
                            .query(Long.class)
                            .single()));
  }

  private static Answer listed(Walk walk, String what, int size) {
    return Walk.await(
        () -> registry.get(walk.alice, what + "?page_size=500"),
        answer -> answer.json().path("items").size() == size);
  }

  @Test
  void the_versions_of_a_large_model_follow_it_away_and_back() {
    Walk walk = new Walk(registry);
    String model = walk.model("Large", "{}");
    walk.checkedVersion(model, 0.9);
    clones(walk, model, 229);
    int last = walk.checkedVersion(model, 0.8);
    String open = walk.promote(walk.alice, model, last, "staging").expect(202).text("/id");
    assertThat(last).isEqualTo(230);

    // Two replicas take the batches in turn or at once.
    try (RegistryUnderTest other = registry.replica()) {
      Answer deleted = other.delete(walk.alice, "/models/" + model + "?reason=old").expect(200);
      assertThat(deleted.json().path("versions")).hasSize(100);
      assertThat(deleted.json().path("following_versions").asInt()).isEqualTo(130);
      // None of it answers any more, whether its turn has come or not.
      version(walk, model, last).expectProblem(410, "Registry:ModelDeleted");
      walk.register(model, "another").expectProblem(410, "Registry:ModelDeleted");
      assertThat(count(walk, "transition where state = 'PENDING'")).isZero();

      Answer deletions = listed(walk, "/models/" + model + "/deletions", 230);
      assertThat(deletions.json().path("items"))
          .allMatch(one -> one.path("cause").asString().equals("model"))
          .allMatch(one -> one.path("deleted_by").asString().equals("user:alice"))
          .allMatch(one -> one.path("reason").asString().equals("old"));
      Walk.await(
          () -> registry.get(walk.alice, "/models/" + model + "/deletions"),
          _ -> count(walk, "model_following") == 0);
      assertThat(count(walk, "audit where action = 'version.deleted'")).isEqualTo(230);

      registry.post(walk.alice, "/models/" + model + "/restore", "").expect(204);
      listed(walk, "/models/" + model + "/versions", 230);
      assertThat(count(walk, "audit where action = 'version.restored'")).isEqualTo(230);
    }
    assertThat(
            registry
                .get(walk.alice, "/models/%s/transitions/%s".formatted(model, open))
                .expect(200)
                .text("/status"))
        .isEqualTo("failed");
  }

  @Test
  void a_model_restored_while_its_versions_still_follow_keeps_them_all() {
    Walk walk = new Walk(registry);
    String model = walk.model("Hasty", "{}");
    walk.checkedVersion(model, 0.9);
    clones(walk, model, 450);
    assertThat(
            registry
                .delete(walk.alice, "/models/" + model)
                .expect(200)
                .json()
                .path("following_versions")
                .asInt())
        .isEqualTo(350);
    registry.post(walk.alice, "/models/" + model + "/restore", "").expect(204);
    listed(walk, "/models/" + model + "/versions", 450);
    Walk.await(
        () -> registry.get(walk.alice, "/models/" + model),
        _ -> count(walk, "model_following") == 0);
    assertThat(count(walk, "model_version where deleted_at is not null")).isZero();
    assertThat(count(walk, "deletion where state = 'WAITING'")).isZero();
  }

  @Test
  void a_version_that_cannot_come_back_holds_up_no_other() {
    Walk walk = new Walk(registry);
    String model = walk.model("Partly", "{}");
    walk.checkedVersion(model, 0.9);
    clones(walk, model, 120);
    registry.delete(walk.alice, "/models/" + model).expect(200);
    listed(walk, "/models/" + model + "/deletions", 120);
    // As if its run had been registered again between two batches.
    sql(walk, "update model_version set deleted_at = null where number = 7");

    registry.post(walk.alice, "/models/" + model + "/restore", "").expect(204);
    listed(walk, "/models/" + model + "/versions", 120);
    Answer left = registry.get(walk.alice, "/models/" + model + "/deletions").expect(200);
    assertThat(left.json().path("items")).hasSize(1);
    assertThat(left.json().at("/items/0/version").asInt()).isEqualTo(7);
  }

  @Test
  void no_model_is_deleted_while_the_router_gives_no_answer_or_serves_it() {
    Walk walk = new Walk(registry);
    String model = walk.model("Served", "{}");
    int version = walk.checkedVersion(model, 0.9);
    registry.router().away(true);
    try {
      registry.delete(walk.alice, "/models/" + model).expect(503);
    } finally {
      registry.router().away(false);
    }
    registry.router().deploy(walk.tenant, model, version, 0);
    assertThat(
            registry
                .delete(walk.alice, "/models/" + model)
                .expectProblem(409, "Registry:InUse")
                .json()
                .at("/params/version")
                .asInt())
        .isEqualTo(version);
    version(walk, model, version).expect(200);
  }

  @Test
  void retention_deletes_what_a_model_keeps_no_longer() {
    Walk walk = new Walk(registry);
    String model = walk.model("Cleaned");
    int archived = walk.checkedVersion(model, 0.9);
    walk.promote(walk.alice, model, archived, "archived").expect(200);
    int development = walk.checkedVersion(model, 0.9);
    String path = "/models/" + model + "/retention";

    registry
        .put(walk.alice, path, "{\"keep_archived\":\"PT0S\"}")
        .expectProblem(428, "Common:RevisionRequired");
    registry
        .put(walk.alice, path, "{\"keep_archived\":\"PT0S\"}", "If-Match", "\"7\"")
        .expectProblem(412, "Common:StaleRevision");
    registry
        .put(walk.alice, path, "{\"keep_archived\":\"-PT1S\"}", "If-Match", "\"0\"")
        .expectProblem(400, "Common:InvalidRequest");
    Answer declared =
        registry
            .put(walk.alice, path, "{\"keep_archived\":\"PT0S\"}", "If-Match", "\"0\"")
            .expect(200);
    assertThat(declared.http().headers().firstValue("ETag")).contains("\"1\"");

    Answer deletions =
        Walk.await(
            () -> registry.get(walk.alice, "/models/" + model + "/deletions"),
            answer -> !answer.json().path("items").isEmpty());
    assertThat(deletions.text("/items/0/cause")).isEqualTo("retention");
    assertThat(deletions.json().at("/items/0/version").asInt()).isEqualTo(archived);
    version(walk, model, development).expect(200);
  }

  @Test
  void others_may_not_delete_and_strangers_find_nothing() {
    Walk walk = new Walk(registry);
    String model = walk.model("Guarded");
    int version = walk.checkedVersion(model, 0.9);
    String path = "/models/%s/versions/%d".formatted(model, version);
    registry
        .delete(TestTokens.user(walk.tenant, "vera", Role.VIEWER), path)
        .expectProblem(403, "Common:Forbidden");
    registry.delete(new Walk(registry).alice, path).expectProblem(404, "Registry:ModelNotFound");
    registry.router().away(true);
    try {
      registry.delete(walk.alice, path).expect(503);
    } finally {
      registry.router().away(false);
    }
    version(walk, model, version).expect(200);
  }

  @Test
  void a_model_with_many_versions_tells_the_newest_of_each_stage() {
    Walk walk = new Walk(registry);
    String model = walk.model("Many");
    int first = walk.checkedVersion(model, 0.9);
    walk.promote(walk.alice, model, first, "archived").expect(200);
    walk.checkedVersion(model, 0.9);
    sql(
        walk,
        """
        do $$
        declare written text;
        begin
          select string_agg(quote_ident(column_name), ', ') into written
          from information_schema.columns
          where table_schema = current_schema() and table_name = 'model_version' and is_generated = 'NEVER';
          execute 'insert into model_version (' || written || ') select ' || written || $copies$
            from (select (jsonb_populate_record(v, jsonb_build_object(
              'id', gen_random_uuid(), 'number', n, 'run_id', md5('many' || n)))).*
            from model_version v cross join generate_series(3, 150) n
            where v.tenant = current_setting('app.tenant') and v.model_id = '%s' and v.number = 2) copies $copies$;
        end $$
        """
            .formatted(model));
    Answer one = registry.get(walk.alice, "/models/" + model).expect(200);
    assertThat(one.json().at("/versions/total").asInt()).isEqualTo(150);
    assertThat(one.json().at("/versions/development")).hasSize(100);
    assertThat(one.json().at("/versions/development/0").asInt()).isEqualTo(51);
    assertThat(one.json().at("/versions/development/99").asInt()).isEqualTo(150);
    assertThat(one.json().at("/versions/archived/0").asInt()).isEqualTo(first);
    Answer found = registry.get(walk.alice, "/models?name_contains=many").expect(200);
    assertThat(found.json().at("/items/0/versions")).isEqualTo(one.json().at("/versions"));
  }

  @Test
  void models_are_found_by_everything_that_is_known_of_them() {
    Walk walk = new Walk(registry);
    assertThat(registry.get(walk.alice, "/models?task=regression").json().path("items")).isEmpty();
    registry
        .post(
            walk.alice,
            "/models",
            "{\"name\":\"Churn EU\",\"task\":\"classification\",\"tags\":{\"team\":\"crm\",\"eu\":\"yes\"}}")
        .expect(201);
    registry
        .post(
            walk.carol,
            "/models",
            "{\"name\":\"Prices\",\"task\":\"regression\",\"tags\":{\"team\":\"sales\"}}")
        .expect(201);
    walk.checkedVersion("churn-eu", 0.9);
    Map<String, String> expected =
        Map.of(
            "name_contains=HURN", "churn-eu",
            "task=regression", "prices",
            "owner=user:carol", "prices",
            "stage=development", "churn-eu",
            "tag.team=crm", "churn-eu",
            "tag.team=crm&tag.eu=yes&task=classification", "churn-eu",
            "tag.team=crm&tag.eu=no", "",
            "name_contains=%25", "",
            "stage=production", "");
    expected.forEach(
        (query, model) ->
            assertThat(registry.get(walk.alice, "/models?" + query).expect(200).text("/items/0/id"))
                .as(query)
                .isEqualTo(model));
    registry.get(walk.alice, "/models?stage=live").expectProblem(400, "Common:InvalidRequest");
    registry.get(walk.alice, "/models?tag.=x").expectProblem(400, "Common:InvalidRequest");
  }

  /** The first attempt is late and still reads; the second has made the version. */
  @Test
  void files_of_preparations_go_and_those_of_versions_stay() {
    Walk walk = new Walk(registry);
    String model = walk.model("Prepared");
    int version = walk.checkedVersion(model, 0.9);
    Digest own = walk.digest(model, version);
    String failed = prepare(walk, model, "a", "f");
    String succeeded = prepare(walk, model, "b", "s");
    String running = prepare(walk, model, "c", "r");
    job(walk, failed, "failed");
    job(walk, succeeded, "succeeded");
    job(walk, running, "running");
    assertThat(notes(walk)).isGreaterThanOrEqualTo(4);

    sql(walk, "update stored_files set next_look_at = now()");
    until(() -> notes(walk) == 1);
    assertThat(stored(walk, source("f"))).isZero();
    assertThat(stored(walk, source("s"))).isZero();
    assertThat(stored(walk, source("r"))).as("its job goes on").isPositive();
    assertThat(stored(walk, own)).isPositive();

    // Whoever asks again has the files stored anew; a removal on its way refuses for a moment.
    until(() -> ask(walk, model, "a").status() == 202);
    assertThat(stored(walk, source("f"))).isPositive();
  }

  private static void until(BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came").isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static Map<String, byte[]> logged(String content) {
    return Map.of("MLmodel", TestBundles.utf8("flavors: {sklearn: {}} # " + content));
  }

  private static Digest source(String content) {
    return FakeRunArtifacts.digest(logged(content));
  }

  private static Answer ask(Walk walk, String model, String id) {
    return registry.post(
        walk.alice,
        "/models/%s/versions".formatted(model),
        "{\"logged_model_id\": \"m-%s\"}".formatted(id.repeat(32)));
  }

  private static String prepare(Walk walk, String model, String id, String content) {
    LoggedModelId logged = new LoggedModelId("m-" + id.repeat(32));
    registry
        .bean(FakeLoggedModels.class)
        .put(
            new LoggedModels.LoggedModel(logged, "model", "7", true, Optional.empty()),
            logged(content));
    return ask(walk, model, id).expect(202).text("/job_id");
  }

  private static void job(Walk walk, String id, String status) {
    registry
        .jobs()
        .put(
            walk.tenant,
            new TrainingJobs.TrainingJob(id, true, status, Optional.empty(), Optional.empty()));
  }

  private static long notes(Walk walk) {
    return TenantScope.call(
        new Tenant(walk.tenant),
        () ->
            registry
                .bean(Transactions.class)
                .call(
                    () ->
                        registry
                            .bean(JdbcClient.class)
                            .sql("select count(*) from stored_files")
                            .query(Long.class)
                            .single()));
  }
}
