package ai.matih.ml.registry.evidence;

import static ai.matih.ml.registry.evidence.EvidenceWorld.here;
import static ai.matih.ml.registry.evidence.EvidenceWorld.run;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.registry.evidence.Examination.Status;
import ai.matih.ml.registry.evidence.Examination.Subject;
import ai.matih.ml.registry.fixture.FakeEvaluationDataSets;
import ai.matih.ml.registry.fixture.Samples;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An examination on Ray ... */
class ExamineOnRayTests {

  private static final String PACKAGE = "sha256:" + "a".repeat(64);

  private final EvidenceWorld world =
      new EvidenceWorld(
          "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"evaluation\":{\"dataset\":\"%s\",\"target_column\":\"late\"}}"
              .formatted(FakeEvaluationDataSets.FLIGHTS));

  @BeforeEach
  void register() {
    world.registered();
  }

  private Examination requested() {
    run(() -> world.request.request(Samples.MODEL, 1, "user:alice"));
    return world.use.examinations.all().stream()
        .filter(one -> one.subject() instanceof Subject.OnData)
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  private Examination tests() {
    run(
        () ->
            world.request.requestTests(
                Samples.MODEL,
                1,
                new Subject.Tests("unit_tests", PACKAGE, Optional.empty()),
                "user:alice"));
    return world.use.examinations.all().getLast();
  }

  private Duration step(Examination examination) {
    return here(() -> world.examine.step(examination.id()));
  }

  private Examination now(Examination examination) {
    return world.use.examinations.find(examination.id()).orElseThrow();
  }

  private void checked() {
    run(() -> world.validate.validate(world.version()));
  }

  @Test
  void waits_for_the_platforms_checks_before_it_measures() {
    Examination asked = requested();
    assertThat(step(asked)).isEqualTo(Duration.ofSeconds(3));
    assertThat(now(asked).message()).contains("platform's checks");
    assertThat(world.jobs.of("acme")).isEmpty();
    checked();
    assertThat(step(asked)).isEqualTo(Duration.ofSeconds(3));
    assertThat(now(asked).status()).isEqualTo(Status.RUNNING);
  }

  @Test
  void ends_in_a_measurement() {
    Examination asked = requested();
    checked();
    step(asked);
    world.jobs.measured(world.jobs.of("acme").getFirst(), 0.9);
    assertThat(step(asked)).isZero();
    assertThat(now(asked).outcome()).hasValue(Outcome.PASSED);
    assertThat(
            Measurement.of(world.latest(Evidence.PLATFORM_EVALUATION).orElseThrow())
                .orElseThrow()
                .metric("auc"))
        .hasValue(0.9);
    assertThat(step(asked)).as("twice is the same as once").isZero();
    assertThat(world.use.evidence.of(Samples.MODEL, world.version().number())).hasSize(2);
  }

  @Test
  void that_could_not_be_made_was_not_run() {
    Examination asked = requested();
    checked();
    step(asked);
    world.jobs.fails(world.jobs.of("acme").getFirst(), "there is no column 'late'");
    step(asked);
    assertThat(now(asked).outcome()).hasValue(Outcome.NOT_RUN);
    Evidence found = world.latest(Evidence.PLATFORM_EVALUATION).orElseThrow();
    assertThat(found.outcome()).isEqualTo(Outcome.NOT_RUN);
    assertThat(found.checks().getFirst().detail()).contains("no column 'late'");
  }

  @Test
  void of_a_version_without_a_graph_that_passed_is_not_made() {
    Examination asked = requested();
    world.router.refuseChecks(true);
    checked();
    step(asked);
    assertThat(now(asked).outcome()).hasValue(Outcome.NOT_RUN);
    assertThat(world.jobs.of("acme")).isEmpty();
  }

  @Test
  void asks_again_when_nobody_answered() {
    Examination asked = requested();
    checked();
    world.jobs.loseNextReply();
    assertThat(step(asked)).isEqualTo(Duration.ofSeconds(5));
    assertThat(now(asked).message()).contains("training-orchestrator gave no answer");
    step(asked);
    assertThat(world.jobs.of("acme")).as("the same examination is the same job").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no xml", "<testsuites><broken"})
  void of_tests_that_left_rubbish_was_not_run(String report) {
    Examination asked = tests();
    step(asked);
    world.jobs.tested(world.jobs.of("acme").getFirst(), report);
    step(asked);
    assertThat(now(asked).outcome()).hasValue(Outcome.NOT_RUN);
    assertThat(world.latest("unit_tests").orElseThrow().counts().total()).isZero();
  }

  @Test
  void of_tests_keeps_their_report_and_counts_it() {
    Examination asked = tests();
    step(asked);
    world.jobs.tested(
        world.jobs.of("acme").getFirst(),
        "<testsuite><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>");
    step(asked);
    Evidence found = world.latest("unit_tests").orElseThrow();
    assertThat(found.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(found.counts()).isEqualTo(new TestCounts(1, 1, 0, 0));
    assertThat(world.use.bundles.report(found.artifact(), found.report())).isPresent();
    assertThat(found.recordedBy()).isEqualTo("user:alice");
  }

  @Test
  void asked_for_again_while_it_runs_is_the_same_one() {
    Examination asked = tests();
    assertThat(tests().id()).isEqualTo(asked.id());
    Examination evaluation = requested();
    assertThat(requested().id()).isEqualTo(evaluation.id());
  }
}
