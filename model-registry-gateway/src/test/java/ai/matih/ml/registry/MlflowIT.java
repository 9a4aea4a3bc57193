package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.fixture.FakeRunArtifacts;
import ai.matih.ml.registry.fixture.MlflowClient;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.RunArtifactsContract;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.registry.model.Evaluation;
import ai.matih.ml.registry.model.TrainingJobs.Result;
import ai.matih.ml.registry.model.TrainingJobs.TrainingJob;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Runs read from, and versions mirrored to, a real MLflow. */
class MlflowIT extends RunArtifactsContract {

  private static RegistryUnderTest registry;
  private static String workspace;
  private static String otherWorkspace;
  private static MlflowClient mlflow;

  @BeforeAll
  static void start() {
    mlflow = MlflowClient.inFreshWorkspace(TestEngines.mlflow().url());
    workspace = mlflow.workspace();
    otherWorkspace = MlflowClient.inFreshWorkspace(TestEngines.mlflow().url()).workspace();
    registry = RegistryUnderTest.startWithMlflow(TestEngines.postgres().freshDatabase("registry"));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @Override
  protected RunArtifacts runs() {
    return registry.bean(RunArtifacts.class);
  }

  @Override
  protected Tenant tenant() {
    return new Tenant(workspace);
  }

  @Override
  protected Tenant otherTenant() {
    return new Tenant(otherWorkspace);
  }

  @Override
  protected RunId run(String status, Map<String, String> tags, Map<String, byte[]> files) {
    return new RunId(mlflow.run(status, tags, files));
  }

  private int register(Walk walk, String model, String salt) {
    Map<String, byte[]> files = TestBundles.good(salt);
    String job = "job-" + salt;
    RunId run = run("FINISHED", Map.of("matih.job_id", job), files);
    registry
        .jobs()
        .put(
            workspace,
            new TrainingJob(
                job,
                "succeeded",
                Optional.of(
                    new Result(
                        run,
                        FakeRunArtifacts.digest(files),
                        new Evaluation(
                            Optional.of("sha256:d1"), Optional.empty(), Map.of("auc", 0.9)))),
                Optional.of("user:trainer")));
    var version = walk.register(model, run.value()).expect(201);
    assertThat(version.text("/provenance")).isEqualTo("platform_trained");
    int number = version.json().at("/version").asInt();
    walk.awaitChecks(model, number);
    return number;
  }

  @Test
  void mlflow_shows_versions_stages_and_aliases_and_is_set_right_again() {
    Walk walk = new Walk(registry, workspace);
    String model = walk.model("Mirrored");
    int first = register(walk, model, "one");
    walk.promote(walk.alice, model, first, "staging").expect(200);
    awaitMirror(model, answer -> alias(answer, "staging").equals("1"));

    mlflow.call("DELETE", "registered-models/alias", Map.of("name", model, "alias", "staging"));
    int second = register(walk, model, "two");
    awaitMirror(
        model,
        answer ->
            alias(answer, "staging").equals("1")
                && answer.at("/registered_model/name").asString().equals(model));

    JsonNode mirrored =
        await("model-versions/get?name=%s&version=%d".formatted(model, second), answer -> true);
    assertThat(mirrored.at("/model_version/run_id").asString()).isNotEmpty();
    assertThat(mirrored.at("/model_version/tags").toString())
        .contains("matih.stage", "development", "matih.digest");
  }

  @Test
  void a_retired_model_keeps_its_versions_in_mlflow_and_loses_its_aliases() {
    Walk walk = new Walk(registry, workspace);
    String model = walk.model("Retired");
    int version = register(walk, model, "gone");
    walk.promote(walk.alice, model, version, "staging").expect(200);
    awaitMirror(model, answer -> alias(answer, "staging").equals("1"));

    String transition =
        registry
            .post(walk.alice, "/models/" + model + "/retire", "{\"reason\":\"Nobody asks.\"}")
            .expect(202)
            .text("/id");
    walk.approve(walk.bob, model, transition);
    walk.awaitStatus(model, transition, "completed");

    awaitMirror(model, answer -> alias(answer, "staging").isEmpty());
    JsonNode mirrored =
        await(
            "model-versions/get?name=%s&version=%d".formatted(model, version),
            answer -> answer.at("/model_version/tags").toString().contains("archived"));
    assertThat(mirrored.at("/model_version/tags").toString()).contains("matih.stage");
    Answer seen = registry.get(walk.alice, "/models/" + model + "/mirror").expect(200);
    assertThat(seen.json().at("/mirrored_versions").asInt()).isEqualTo(1);
  }

  private static String alias(JsonNode answer, String alias) {
    for (JsonNode one : answer.at("/registered_model/aliases")) {
      if (one.at("/alias").asString().equals(alias)) {
        return one.at("/version").asString();
      }
    }
    return "";
  }

  private static void awaitMirror(String model, Predicate<JsonNode> until) {
    await("registered-models/get?name=" + model, until);
  }

  /** MLflow's answer, once there is one that fits. */
  private static JsonNode await(String path, Predicate<JsonNode> until) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (true) {
      JsonNode answer;
      try {
        answer = mlflow.get(path);
        if (until.test(answer)) {
          return answer;
        }
      } catch (AssertionError absent) {
        answer = tools.jackson.databind.node.MissingNode.getInstance();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the mirror never came: " + answer);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
    }
  }
}
