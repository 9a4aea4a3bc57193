package ai.matih.ml.serving.bundlecheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.engine.recall.RecallEngine;
import ai.matih.ml.serving.fixture.TestBundles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The checks of a bundle ... */
class CheckBundleTests {

  private static final Artifact ARTIFACT = TestBundles.artifact("acme", "numeric-v1");
  private static final Bundle BUNDLE =
      LocalBundles.readVerified(TestBundles.folder("numeric-v1"), ARTIFACT.digest());
  private static final BundleCheckSettings SETTINGS =
      new BundleCheckSettings(
          Duration.ofMillis(50), Duration.ofMillis(500), 50, Duration.ofSeconds(60), 1);

  private final Recording runner = new Recording();
  private final Elsewhere elsewhere = new Elsewhere();
  private final Wanted wanted = new Wanted();

  /** Answers what it was told to, and remembers what it was asked. */
  private static final class Recording implements CheckRunner {
    private final List<Optional<Duration>> budgets = new ArrayList<>();
    private List<Check> answer = List.of();

    @Override
    public List<Check> run(Bundle bundle, Optional<Duration> latencyBudget) {
      budgets.add(latencyBudget);
      return answer;
    }
  }

  private List<Check> check(Bundles bundles) {
    return check(bundles, EngineName.ONNX);
  }

  private List<Check> check(Bundles bundles, EngineName engine) {
    return new CheckBundle(
            bundles,
            runner,
            new Engines(List.of(new OnnxEngine(new ScoringLimit(1, 1, Duration.ZERO)), elsewhere)),
            wanted,
            SETTINGS)
        .of(() -> ARTIFACT, Optional.of(Duration.ofSeconds(1)), engine);
  }

  /** Runs models elsewhere, as a test pretends, once it is ready. */
  private static final class Elsewhere implements ScoringEngine {
    private final RecallEngine engine = new RecallEngine();
    private boolean ready;

    @Override
    public EngineName name() {
      return new EngineName("elsewhere");
    }

    @Override
    public EngineSupport support(VersionForms forms) {
      return EngineSupport.PROVEN;
    }

    @Override
    public boolean startsReplicas() {
      return true;
    }

    @Override
    public ScoringModel load(Bundle bundle, Placement placement) {
      if (!ready) {
        throw new EngineNotReady("0 of 1 replicas run.");
      }
      return engine.load(bundle, placement);
    }

    @Override
    public int warmUpCalls() {
      return 1;
    }

    @Override
    public ScoringLimit limit() {
      return engine.limit();
    }
  }

  /** What is wanted on the engine now. */
  private static final class Wanted implements Trials {
    private final List<String> names = new ArrayList<>();

    @Override
    public Placement want(EngineName engine, Artifact artifact) {
      names.add(engine.value());
      return new Placement(engine.value(), artifact, Hosting.DEFAULT);
    }

    @Override
    public void end(Placement placement) {
      names.clear();
    }
  }

  @Test
  void on_an_engine_elsewhere_wait_until_it_is_ready_and_then_let_it_go() {
    EngineName there = new EngineName("elsewhere");
    assertThatThrownBy(() -> check(_ -> BUNDLE, there))
        .isInstanceOfSatisfying(
            Problem.class,
            waits -> {
              assertThat(waits.error()).isEqualTo(ServingError.NOT_READY);
              assertThat(waits).hasMessage("0 of 1 replicas run.");
            });
    assertThat(wanted.names).containsExactly("elsewhere");
    elsewhere.ready = true;

    List<Check> checks = check(_ -> BUNDLE, there);

    assertThat(checks)
        .filteredOn(check -> check.name() == Name.GOLDEN_ROWS)
        .allMatch(Check::passed);
    assertThat(wanted.names).isEmpty();
    assertThat(runner.budgets).as("nothing of it runs here").isEmpty();
  }

  @Test
  void are_all_answered_and_what_was_not_reached_is_told_as_not_run() {
    runner.answer =
        List.of(
            Check.passed(Name.LOADS, "The model opens.", Map.of()),
            Check.failed(Name.GOLDEN_ROWS, "They differ."));

    List<Check> checks = check(_ -> BUNDLE);

    assertThat(checks).extracting(Check::name).containsExactly(Name.values());
    assertThat(checks)
        .filteredOn(Check::passed)
        .extracting(Check::name)
        .containsExactly(Name.DIGEST, Name.SIGNATURE, Name.LOADS);
    assertThat(checks)
        .filteredOn(check -> check.outcome() == Check.Outcome.FAILED)
        .extracting(Check::name)
        .containsExactly(Name.GOLDEN_ROWS);
    assertThat(checks.getLast().outcome()).isEqualTo(Check.Outcome.NOT_RUN);
    assertThat(checks.getLast().detail()).isEqualTo("Not run, because golden_rows failed.");
    assertThat(runner.budgets).containsExactly(Optional.of(Duration.ofSeconds(1)));
  }

  @Test
  void end_before_any_process_for_files_that_are_not_the_named_ones() {
    List<Check> checks =
        check(
            _ -> {
              throw new BundleRefused(BundleRefused.Part.DIGEST, "Other bytes.");
            });
    assertThat(checks).noneMatch(Check::passed);
    assertThat(checks.getFirst().detail()).isEqualTo("Other bytes.");
    assertThat(runner.budgets).isEmpty();
  }

  @Test
  void decide_whether_a_router_may_load_an_unproven_bundle() {
    RequireLoadable loadable = new RequireLoadable(runner);
    runner.answer =
        List.of(
            Check.passed(Name.LOADS, "The model opens.", Map.of()),
            Check.failed(Name.LATENCY, "Slow, which is no danger."));
    assertThatCode(() -> loadable.check(BUNDLE)).doesNotThrowAnyException();

    runner.answer = List.of(Check.failed(Name.LOADS, "The model took its process down."));
    assertThatThrownBy(() -> loadable.check(BUNDLE))
        .isInstanceOf(BundleRefused.class)
        .hasMessage("The model took its process down.");

    runner.answer = List.of(Check.notRun(Name.LOADS, "The checks had not begun within PT60S."));
    assertThatThrownBy(() -> loadable.check(BUNDLE))
        .as("nothing was tried, so it is tried again")
        .isInstanceOf(EngineNotReady.class)
        .hasMessage("The checks had not begun within PT60S.");
  }
}
