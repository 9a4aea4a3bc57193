package ai.matih.ml.serving.prediction;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.MODEL;
import static ai.matih.ml.serving.fixture.memory.InMemoryServing.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.abtest.AbTestDesignForm;
import ai.matih.ml.serving.abtest.Exposure;
import ai.matih.ml.serving.abtest.ExposureObserver;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.engine.OnnxStatus;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.observation.BoundedQueue;
import ai.matih.ml.serving.observation.TargetCounts;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.routing.RouterInMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A prediction ... */
class PredictTests {

  private static final String ROW = "\"features\":{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}";

  private final PredictionSettings settings =
      new PredictionSettings(10, 3, Duration.ofSeconds(1), 1);
  private final InMemoryServing serving = new InMemoryServing();
  private final ScoringLimit limit = new ScoringLimit(1, 0, Duration.ZERO);
  private final RecentPredictions recent = new RecentPredictions(settings);
  private final BoundedQueue<Exposure> exposures = new BoundedQueue<>(1);
  private final RouterInMemory router =
      new RouterInMemory(
          serving, new OnnxEngine(limit), List.of(recent, new ExposureObserver(exposures)));
  private final Predict predict =
      new Predict(
          router.router,
          new PredictionInputs((_, _) -> List.of(new FeatureRow(Map.of(), Map.of()))),
          router.observers,
          serving.clock);

  @BeforeEach
  void serve() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    router.pass(3);
  }

  @AfterEach
  void stop() {
    router.stop();
  }

  private Prediction answer(String id, String rest) {
    return predict.answer(
        TENANT,
        "user:bob",
        id,
        new PredictionReader(settings)
            .read(("{\"model_id\":\"late\"," + rest + "}").getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void is_answered_by_the_traffic_and_can_be_explained_while_it_is_among_the_newest() {
    Prediction prediction = answer("r-1", ROW + ",\"unit_id\":\"user-1\"");
    assertThat(prediction.target().version()).isEqualTo(1);
    assertThat(prediction.scores().rows()).isEqualTo(1);

    assertThat(recent.find(TENANT, "r-1"))
        .hasValueSatisfying(
            found -> {
              assertThat(found.target()).isEqualTo(prediction.target());
              assertThat(found.sticky()).isTrue();
            });
    for (int i = 2; i <= 4; i++) {
      answer("r-" + i, ROW);
    }
    assertThat(recent.find(TENANT, "r-1")).isEmpty();
    assertThat(recent.find(TENANT, "r-4")).isPresent();
  }

  @Test
  void of_a_test_is_an_exposure_unless_it_is_pinned_and_no_place_is_counted() {
    serving.ready(2, Stage.STAGING, RolloutPlan.NONE);
    serving.run(
        () ->
            serving.start.now(MODEL, 2, AbTestDesignForm.DEFAULTS.design(5000, ""), "user:alice"));
    router.pass(3);

    answer("r-1", ROW + ",\"options\":{\"version\":2}");
    assertThat(exposures.waiting()).isZero();
    answer("r-2", ROW + ",\"unit_id\":\"user-1\"");
    answer("r-3", ROW + ",\"unit_id\":\"user-2\"");
    assertThat(exposures.dropped()).isEqualTo(1);
    assertThat(exposures.take(10))
        .singleElement()
        .satisfies(exposure -> assertThat(exposure.requestId()).isEqualTo("r-2"));

    router.pass(1);
    assertThat(serving.routers.last(RouterInMemory.NAME).orElseThrow().dropped())
        .containsEntry("exposures", 1L);
  }

  @Test
  void is_counted_for_its_deployment_in_the_next_status_report() {
    answer("r-1", ROW);
    answer("r-2", ROW);
    refused(CommonError.INVALID_REQUEST, () -> answer("r-3", "\"features\":{\"distance\":\"x\"}"));
    assertThat(limit.enter()).isTrue();
    refused(ServingError.OVERLOADED, () -> answer("r-4", ROW));
    limit.leave();

    router.pass(1);

    TargetCounts counts =
        serving
            .as(
                () ->
                    serving.routers.about(
                        MODEL, serving.deployments.active(MODEL, 1).orElseThrow().id()))
            .getFirst()
            .counts()
            .orElseThrow();
    assertThat(counts.answered()).isEqualTo(2);
    assertThat(counts.failed()).isEqualTo(1);
    assertThat(counts.latency().total()).isEqualTo(2);
    assertThat(counts.latency().quantileMillis(0.99)).isPositive();
  }

  @Test
  void is_refused_for_a_model_or_version_that_is_not_served() {
    refused(
        ServingError.VERSION_NOT_SERVED, () -> answer("r-1", ROW + ",\"options\":{\"version\":9}"));
    refused(
        CommonError.INVALID_REQUEST,
        () -> answer("r-2", ROW + ",\"entities\":{\"origin\":\"JFK\"}"));
    assertThat(recent.find(TENANT, "r-1")).isEmpty();
  }

  @Test
  void is_answered_beside_a_version_with_other_inputs_or_says_what_this_one_needs() {
    serving.registry.put(MODEL, 2, Stage.PRODUCTION, OnnxStatus.VERIFIED, "mixed");
    Deployment two = serving.deployed(2, RolloutPlan.NONE, Map.of("carrier", "AA"));
    serving.share(1, 5000, 2, 5000);
    router.pass(3);
    String both =
        "\"features\":{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3,\"hour\":7,\"carrier\":\"B6\"}";
    String fewer = "\"features\":{\"temp\":1.5,\"wind_speed\":null,\"distance\":3,\"hour\":7}";
    Set<Long> seen = new HashSet<>();
    for (int unit = 0; unit < 40; unit++) {
      String at = ",\"unit_id\":\"u-%d\"".formatted(unit);
      seen.add(answer("r-1", both + at).target().version());
      answer("r-2", fewer + at);
    }
    assertThat(seen).containsExactlyInAnyOrder(1L, 2L);
    assertThat(two.inputs().required()).containsExactly("hour");

    assertThat(
            answer("r-4", "\"features\":{\"distance\":3},\"options\":{\"version\":1}")
                .target()
                .version())
        .as("who names a version knows its inputs")
        .isEqualTo(1);
    needs("wind_speed", 1, "\"features\":{\"temp\":1,\"distance\":3,\"hour\":7}");
    needs("hour", 2, "\"features\":{\"temp\":1,\"wind_speed\":1,\"distance\":3}");
    refused(
        CommonError.INVALID_REQUEST,
        () -> answer("r-3", both.replace("}", ",\"nobody\":1}") + ",\"unit_id\":\"u-1\""));
  }

  /**
   * One of the versions refuses the row for this input, and whoever the other answers is answered.
   */
  private void needs(String input, long version, String row) {
    for (int unit = 0; unit < 40; unit++) {
      String at = ",\"unit_id\":\"u-%d\"".formatted(unit);
      try {
        assertThat(answer("r", row + at).target().version()).isNotEqualTo(version);
      } catch (Problem refused) {
        assertThat(refused.violations())
            .extracting(Violation::field)
            .containsExactly("features." + input);
      }
    }
  }

  private static void refused(ErrorCode error, ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }
}
