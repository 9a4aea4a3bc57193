package ai.matih.ml.registry.evidence;

import static ai.matih.ml.registry.evidence.EvidenceWorld.here;
import static ai.matih.ml.registry.evidence.EvidenceWorld.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.evidence.ServingRouter.Engine;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Validation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The platform's checks of a version ... */
class ValidateVersionTests {

  private final EvidenceWorld world = new EvidenceWorld("{}");

  private Evidence validated(ModelVersion version) {
    run(() -> world.validate.validate(version));
    return world.latest(Evidence.PLATFORM_CHECKS).orElseThrow();
  }

  private void assertNotTried(Evidence found) {
    assertNotTried(found, OnnxStatus.UNVERIFIED);
  }

  private void assertNotTried(Evidence found, OnnxStatus onnx) {
    assertThat(found.checks())
        .filteredOn(check -> ValidateVersion.TRIAL_CHECKS.contains(check.name()))
        .hasSize(ValidateVersion.TRIAL_CHECKS.size())
        .allMatch(check -> check.outcome() == Outcome.NOT_RUN)
        .allSatisfy(check -> assertThat(check.detail()).startsWith("Not run"));
    assertThat(world.version().onnx()).isEqualTo(onnx);
    assertThat(world.version().validation()).isEqualTo(Validation.DONE);
  }

  @Test
  void pass_and_verify_a_good_version() {
    Evidence found = validated(world.registered());
    assertThat(found.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(found.counts().passed()).isEqualTo(1 + ValidateVersion.TRIAL_CHECKS.size());
    assertThat(world.version().onnx()).isEqualTo(OnnxStatus.VERIFIED);
    assertThat(world.told).containsExactly(Samples.MODEL);
  }

  @Test
  void find_a_mismatch_only_where_answers_were_compared() {
    ModelVersion version = world.registered();
    world.router.failCheck("acme", "churn", 1, ValidateVersion.GOLDEN_ROWS);
    assertThat(validated(version).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(world.version().onnx()).isEqualTo(OnnxStatus.MISMATCH);
    world.router.failCheck("acme", "churn", 1, "latency");
    assertThat(validated(version).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(world.version().onnx()).isEqualTo(OnnxStatus.VERIFIED);
  }

  @Test
  void do_not_give_a_refused_file_to_the_engine_and_say_so() {
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.put("model.onnx", new byte[] {1, 2, 3});
    Evidence found = validated(world.registered(files));
    assertThat(found.outcome()).isEqualTo(Outcome.FAILED);
    assertNotTried(found);
    assertThat(world.router.tried()).isEmpty();
  }

  @Test
  void were_not_run_without_an_onnx_form_where_no_engine_takes_the_native_one() {
    Evidence found = validated(world.registered(withoutOnnx()));
    assertThat(found.outcome()).isEqualTo(Outcome.NOT_RUN);
    assertThat(found.counts().failed()).isZero();
    assertNotTried(found, OnnxStatus.ABSENT);
  }

  @Test
  void try_the_native_form_where_there_is_no_other() {
    world.router.offersRayServe();
    Evidence found = validated(world.registered(withoutOnnx()));
    assertThat(found.hasPassed()).isTrue();
    assertThat(world.router.triedOn()).containsExactly(Engine.RAY_SERVE);
    assertThat(world.version().onnx()).isEqualTo(OnnxStatus.ABSENT);
  }

  @Test
  void try_the_native_form_where_the_onnx_form_answers_differently_and_tell_both() {
    world.router.offersRayServe();
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.put("MLmodel", "flavors: {}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    ModelVersion version = world.registered(files);
    world.router.failCheck("acme", "churn", 1, ValidateVersion.GOLDEN_ROWS);

    Evidence found = validated(version);

    assertThat(found.hasPassed()).isTrue();
    assertThat(world.router.triedOn()).containsExactly(Engine.ONNX, Engine.RAY_SERVE);
    assertThat(world.version().onnx()).isEqualTo(OnnxStatus.MISMATCH);
    assertThat(found.checks())
        .filteredOn(check -> check.name().equals(ValidateVersion.ONNX_FORM))
        .singleElement()
        .satisfies(check -> assertThat(check.detail()).contains("may not serve", "told to fail"));
  }

  private static Map<String, byte[]> withoutOnnx() {
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.remove("model.onnx");
    return files;
  }

  @Test
  void were_not_run_when_the_engine_refuses_them() {
    world.router.refuseChecks(true);
    Evidence found = validated(world.registered());
    assertThat(found.outcome()).isEqualTo(Outcome.NOT_RUN);
    assertNotTried(found);
    assertThat(found.checks().getLast().detail()).contains("409", "POST .../validate");
  }

  @Test
  void stay_to_be_made_while_an_engine_is_away() {
    ModelVersion version = world.registered();
    world.router.away(true);
    assertThatThrownBy(() -> validated(version)).isInstanceOf(EngineFailure.Unavailable.class);
    assertThat(world.version().validation()).isEqualTo(Validation.PENDING);
    assertThat(world.latest(Evidence.PLATFORM_CHECKS)).isEmpty();

    ReconcileValidations reconcile =
        new ReconcileValidations(
            _ -> java.util.Optional.of(version),
            world.validate,
            new ai.matih.ml.registry.fixture.InMemory.DirectTransactions(),
            EvidenceWorld.SETTINGS);
    run(() -> world.request.request(Samples.MODEL, 1, "user:alice"));
    assertThat(here(() -> reconcile.validate(java.util.UUID.randomUUID())))
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(world.use.examinations.all().getFirst().message()).contains("serving-router");
    world.router.away(false);
    assertThat(here(() -> reconcile.validate(java.util.UUID.randomUUID()))).isZero();
    assertThat(world.latest(Evidence.PLATFORM_CHECKS).orElseThrow().hasPassed()).isTrue();
  }

  @Test
  void answer_every_request_that_came_before_them() {
    ModelVersion version = world.registered();
    ValidationRun run = here(() -> world.request.request(Samples.MODEL, 1, "user:alice"));
    validated(world.version());
    assertThat(version.validation()).isEqualTo(Validation.PENDING);
    assertThat(world.use.examinations.all(run.examinations()))
        .extracting(Examination::outcome)
        .isEqualTo(List.of(java.util.Optional.of(Outcome.PASSED)));
  }
}
