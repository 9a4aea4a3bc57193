package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.fixture.MlflowClient;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.fixture.Walk;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Edits in a real MLflow behind the registry's back: each is put right, or left alone, and told.
 */
class MirrorIT {

  private static RegistryUnderTest registry;
  private static MlflowClient mlflow;
  private static Walk walk;

  @BeforeAll
  static void start() {
    mlflow = MlflowClient.inFreshWorkspace(TestEngines.mlflow().url());
    registry = RegistryUnderTest.startWithMlflow(TestEngines.postgres().freshDatabase("registry"));
    walk = new Walk(registry, mlflow.workspace());
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  /** A mirrored model with one version in Archived, which needs no gate. */
  private static String mirrored(String name) {
    String model = walk.model(name);
    register(model, name);
    awaitSync(model, 1);
    return model;
  }

  private static int register(String model, String salt) {
    String run = mlflow.run("FINISHED", Map.of(), TestBundles.good(salt));
    return walk.register(model, run).expect(201).json().at("/version").asInt();
  }

  private static Answer mirror(String model) {
    return registry.get(walk.alice, "/models/" + model + "/mirror");
  }

  private static void awaitSync(String model, int versions) {
    Walk.await(
        () -> mirror(model),
        answer ->
            answer.json().path("in_sync").asBoolean()
                && answer.json().path("mirrored_versions").asInt() == versions);
  }

  private static JsonNode awaitDrift(String model, String kind) {
    Answer answer =
        Walk.await(
            () -> mirror(model),
            seen -> seen.json().at("/last_drift/found").toString().contains(kind));
    for (JsonNode found : answer.json().at("/last_drift/found")) {
      if (found.path("kind").asString().equals(kind)) {
        return found;
      }
    }
    throw new AssertionError(answer.http().body());
  }

  private static JsonNode model(String model) {
    return mlflow.get("registered-models/get?name=" + model).path("registered_model");
  }

  private static JsonNode version(String model, String number) {
    return mlflow
        .get("model-versions/get?name=%s&version=%s".formatted(model, number))
        .path("model_version");
  }

  private static void call(String method, String path, Object... body) {
    java.util.Map<String, Object> fields = new java.util.HashMap<>();
    for (int i = 0; i < body.length; i += 2) {
      fields.put(body[i].toString(), body[i + 1]);
    }
    mlflow.call(method, path, fields);
  }

  private static long audited(String model) {
    return TenantScope.call(
        new Tenant(walk.tenant),
        () ->
            registry
                .bean(Transactions.class)
                .call(
                    () ->
                        registry
                            .bean(JdbcClient.class)
                            .sql(
                                "select count(*) from audit where action = 'mirror.drifted' and target = ?")
                            .param("models/" + model)
                            .query(Long.class)
                            .single()));
  }

  private static void await(BooleanSupplier condition) {
    Walk.await(() -> registry.get(walk.alice, "/models"), _ -> condition.getAsBoolean());
  }

  @Test
  void an_alias_that_points_where_no_gate_put_it_is_taken_away() {
    String model = mirrored("Alias");
    call("POST", "registered-models/alias", "name", model, "alias", "production", "version", "1");
    JsonNode found = awaitDrift(model, "alias_changed");
    assertThat(found.path("subject").asString()).isEqualTo("alias production");
    assertThat(found.path("repaired").asBoolean()).isTrue();
    assertThat(model(model).path("aliases").toString()).doesNotContain("production");
    assertThat(audited(model)).isPositive();
    assertThat(
            registry
                .bean(MeterRegistry.class)
                .get("matih.registry.mirror.drift")
                .tag("kind", "alias_changed")
                .counter()
                .count())
        .isPositive();
  }

  @Test
  void a_tag_and_a_stage_of_a_version_are_put_back() {
    String model = mirrored("Tags");
    call(
        "POST",
        "model-versions/set-tag",
        "name",
        model,
        "version",
        "1",
        "key",
        "matih.stage",
        "value",
        "production");
    call(
        "DELETE",
        "model-versions/delete-tag",
        "name",
        model,
        "version",
        "1",
        "key",
        "matih.version");
    assertThat(awaitDrift(model, "tag_changed").path("subject").asString()).isEqualTo("version 1");
    await(
        () -> {
          String tags = version(model, "1").path("tags").toString();
          return tags.contains("development") && tags.contains("matih.version");
        });

    call(
        "POST",
        "model-versions/transition-stage",
        "name",
        model,
        "version",
        "1",
        "stage",
        "Production",
        "archive_existing_versions",
        false);
    awaitDrift(model, "stage_set");
    assertThat(version(model, "1").path("current_stage").asString()).isEqualTo("None");
  }

  @Test
  void a_version_that_was_deleted_is_made_again_once() {
    String model = mirrored("Missing");
    call("DELETE", "model-versions/delete", "name", model, "version", "1");
    assertThat(awaitDrift(model, "version_missing").path("subject").asString())
        .isEqualTo("version 1");
    assertThat(version(model, "2").path("tags").toString()).contains("matih.digest");
    awaitSync(model, 1);
  }

  @Test
  void somebody_elses_version_is_reported_and_left_alone() {
    String model = mirrored("Unmanaged");
    String run = mlflow.run("FINISHED", Map.of(), TestBundles.good("theirs"));
    call(
        "POST",
        "model-versions/create",
        "name",
        model,
        "source",
        "s3://theirs/model",
        "run_id",
        run);
    JsonNode found = awaitDrift(model, "version_unmanaged");
    assertThat(found.path("repaired").asBoolean()).isFalse();
    assertThat(mirror(model).json().path("unmanaged")).hasSize(1);
    // It forges our tag: still nothing of ours, since it is of another run.
    call(
        "POST",
        "model-versions/set-tag",
        "name",
        model,
        "version",
        "2",
        "key",
        "matih.version",
        "value",
        "1");
    Walk.await(
        () -> mirror(model), seen -> seen.text("/unmanaged/0/detail").contains("another run"));
    assertThat(version(model, "2").path("run_id").asString()).isEqualTo(run);
    awaitSync(model, 1);
  }

  @Test
  void a_model_that_was_renamed_or_deleted_comes_back() {
    String model = mirrored("Renamed");
    call("POST", "registered-models/rename", "name", model, "new_name", model + "-stolen");
    assertThat(awaitDrift(model, "model_renamed").path("detail").asString()).contains("stolen");
    assertThat(version(model, "1").path("tags").toString()).contains("matih.digest");

    call("PATCH", "registered-models/update", "name", model, "description", "mine now");
    awaitDrift(model, "description_changed");
    assertThat(model(model).path("description").asString()).isEmpty();

    call("DELETE", "registered-models/delete", "name", model);
    awaitDrift(model, "model_missing");
    awaitSync(model, 1);
    assertThat(version(model, "1").path("tags").toString()).contains("matih.digest");
  }

  @Test
  void changes_of_our_own_are_no_drift_and_deleted_versions_disappear() {
    String model = mirrored("Own changes");
    int second = register(model, "own-two");
    walk.promote(walk.alice, model, second, "archived").expect(200);
    awaitSync(model, 2);
    await(() -> version(model, "2").path("tags").toString().contains("archived"));
    registry.delete(walk.alice, "/models/%s/versions/1".formatted(model)).expect(200);
    awaitSync(model, 1);
    assertThat(mirror(model).json().has("last_drift")).isFalse();
    assertThat(versions(model)).containsExactly("2");

    registry.delete(walk.alice, "/models/" + model).expect(200);
    await(
        () ->
            mlflow
                .get("registered-models/search?max_results=1000")
                .path("registered_models")
                .valueStream()
                .noneMatch(one -> one.path("name").asString().equals(model)));
  }

  private static List<String> versions(String model) {
    return mlflow
        .get("model-versions/search?filter=name%3D'" + model + "'")
        .path("model_versions")
        .valueStream()
        .map(one -> one.path("version").asString())
        .toList();
  }

  @Test
  void a_second_copy_that_a_lost_reply_left_is_removed() {
    String model = mirrored("Twice");
    JsonNode first = version(model, "1");
    mlflow.call(
        "POST",
        "model-versions/create",
        Map.of(
            "name", model,
            "source", first.path("source").asString(),
            "run_id", first.path("run_id").asString(),
            "tags", List.of(Map.of("key", "matih.version", "value", "1"))));
    awaitDrift(model, "version_duplicated");
    await(() -> versions(model).equals(List.of("1")));
  }
}
