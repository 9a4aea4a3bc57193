package ai.matih.ml.serving.deployment.registry;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static ai.matih.ml.serving.fixture.memory.InMemoryServing.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.RegisteredVersion;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.OnnxStatus;
import ai.matih.ml.serving.engine.VersionForms;
import ai.matih.ml.serving.fixture.ServiceClient;
import ai.matih.ml.serving.fixture.TestBundles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What is asked of model-registry-gateway, and what is made of its answers. */
class RegistryOverRestTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Artifact ARTIFACT = TestBundles.artifact("acme", "numeric-v1");

  private final StubService server = new StubService("model-registry-gateway");
  private final RegistryOverRest registry =
      new RegistryOverRest(ServiceClient.to("registry", server.url()), "models");

  @AfterEach
  void stop() {
    server.close();
  }

  private Optional<RegisteredVersion> version() {
    return TenantScope.call(TENANT, () -> registry.version(MODEL, 3));
  }

  private static Map<String, Object> answer(String stage, String onnx, String uri) {
    Map<String, Object> answer = new HashMap<>();
    answer.put("model_id", "late");
    answer.put("version", 3);
    answer.put("stage", stage);
    answer.put("onnx", onnx);
    answer.put(
        "artifact",
        Map.of("uri", uri, "digest", ARTIFACT.digest().value(), "files", ARTIFACT.files()));
    return answer;
  }

  private void answers(String stage, String onnx) {
    server.answer("/versions/3", 200, JSON.writeValueAsString(answer(stage, onnx, ARTIFACT.uri())));
  }

  @Test
  void a_version_has_its_stage_and_its_files() {
    answers("staging", "verified");

    assertThat(version())
        .contains(
            new RegisteredVersion(
                MODEL,
                3,
                Stage.STAGING,
                ARTIFACT,
                new VersionForms(3, OnnxStatus.VERIFIED),
                Optional.empty()));
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/models/late/versions/3");
    assertThat(server.header("Authorization")).startsWith("Bearer ");
    assertThat(TenantScope.call(TENANT, () -> registry.now(MODEL, 3))).isEqualTo(Stage.STAGING);
  }

  @Test
  void the_signature_is_read_as_the_training_code_wrote_it_or_not_at_all() {
    Map<String, Object> answer = answer("staging", "verified", ARTIFACT.uri());
    answer.put(
        "signature",
        JSON.readTree(TestBundles.bytes(TestBundles.folder("mixed").resolve("signature.json"))));
    server.answer(200, JSON.writeValueAsString(answer));
    assertThat(version().orElseThrow().signature().orElseThrow().columns())
        .isEqualTo(TestBundles.signature("mixed").columns());

    answer.put("signature", Map.of("task", "divination"));
    server.answer(200, JSON.writeValueAsString(answer));
    assertThat(version().orElseThrow().signature()).isEmpty();
  }

  @Test
  void a_version_that_was_not_compared_is_not_called_different() {
    answers("development", "unverified");
    assertThat(version().orElseThrow().forms())
        .isEqualTo(new VersionForms(3, OnnxStatus.UNVERIFIED));
  }

  @Test
  void a_difference_is_told_as_the_newest_comparison_found_it() {
    server.answer(
        "/evidence",
        200,
        JSON.writeValueAsString(
            Map.of(
                "items",
                List.of(
                    evidence("2026-11-01T00:00:00Z", "1 of 60 golden rows come out differently."),
                    evidence("2026-11-02T00:00:00Z", "9 of 60 golden rows come out differently."),
                    Map.of("source", "uploaded", "recorded_at", "2026-11-03T00:00:00Z")))));
    answers("development", "mismatch");
    assertThat(version().orElseThrow().forms().difference())
        .contains("9 of 60 golden rows come out differently.");

    server.answer("/evidence", 503, "{}");
    assertThat(version().orElseThrow().forms()).isEqualTo(new VersionForms(3, OnnxStatus.MISMATCH));
  }

  private static Map<String, Object> evidence(String at, String detail) {
    return Map.of(
        "source",
        "platform",
        "recorded_at",
        at,
        "checks",
        List.of(
            Map.of("name", "loads", "outcome", "passed", "detail", "The model opens."),
            Map.of("name", "golden_rows", "outcome", "failed", "detail", detail)));
  }

  @Test
  void what_is_not_there_or_was_deleted_is_no_version() {
    for (int status : List.of(404, 410)) {
      server.answer(status, "{}");
      assertThat(version()).isEmpty();
      assertThatThrownBy(() -> TenantScope.call(TENANT, () -> registry.now(MODEL, 3)))
          .isInstanceOf(Problem.class);
    }
    server.answer(503, "{}");
    assertThatThrownBy(this::version).isInstanceOf(EngineFailure.Unavailable.class);
  }

  @Test
  void a_number_beyond_all_versions_is_not_asked_for() {
    server.answer(400, "{}");
    assertThat(TenantScope.call(TENANT, () -> registry.version(MODEL, 1L << 40))).isEmpty();
  }

  @Test
  void an_answer_that_cannot_be_is_not_believed() {
    for (Map<String, Object> strange :
        List.of(
            answer("retired", "verified", ARTIFACT.uri()),
            answer("staging", "verified", "s3://models/globex/x/"),
            answer("staging", "verified", "http://elsewhere/"),
            Map.<String, Object>of("stage", "staging"))) {
      server.answerAgainstContract(200, JSON.writeValueAsString(strange));
      assertThatThrownBy(this::version).isInstanceOf(EngineFailure.Misbehaved.class);
    }
    server.answerAgainstContract(
        200, JSON.writeValueAsString(answer("staging", "of_a_later_release", ARTIFACT.uri())));
    assertThat(version().orElseThrow().forms().onnx()).isEqualTo(OnnxStatus.UNVERIFIED);
  }
}
