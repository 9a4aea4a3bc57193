package ai.matih.ml.serving.bundlecheck.process;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.serving.bundlecheck.Check;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.bundlecheck.Check.Outcome;
import ai.matih.ml.serving.bundlecheck.CheckLimits;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.fixture.TestBundles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bundle check in a process of its own ... */
class ProcessCheckRunnerTests {

  private static final Duration PATIENT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @BeforeEach
  void copyBundles() throws IOException {
    for (String name :
        List.of(
            "numeric-v1",
            "hostile-memory-bomb",
            "hostile-endless-loop",
            "hostile-not-onnx",
            "wrong-golden",
            "wrong-signature")) {
      Path to = folder.resolve(digest(name).hex());
      Files.createDirectories(to);
      for (String file : TestBundles.files(name)) {
        Files.copy(TestBundles.folder(name).resolve(file), to.resolve(file));
      }
    }
  }

  @Test
  void passes_a_good_bundle_and_measures_it() {
    List<Check> checks = run("numeric-v1", PATIENT);
    assertThat(checks)
        .extracting(Check::name)
        .containsExactly(
            Name.LOADS,
            Name.GOLDEN_ROWS,
            Name.DETERMINISM,
            Name.MISSING_VALUES,
            Name.BOUNDARY_VALUES,
            Name.LATENCY);
    assertThat(checks).allSatisfy(check -> assertThat(check.passed()).as(check.detail()).isTrue());
    assertThat(checks.getLast().measured()).containsKeys("p50_ms", "p95_ms", "budget_ms");
  }

  @ParameterizedTest
  @CsvSource({
    "hostile-memory-bomb, LOADS, allocate memory",
    "hostile-endless-loop, LOADS, operator Loop",
    "hostile-not-onnx, LOADS, not a well-formed ONNX model",
    "wrong-golden, GOLDEN_ROWS, come out differently",
    "wrong-signature, SIGNATURE, layout says"
  })
  void names_what_is_wrong_with_a_bad_one(String bundle, Name name, String detail) {
    assertThat(run(bundle, PATIENT))
        .anySatisfy(
            check -> {
              assertThat(check.name()).isEqualTo(name);
              assertThat(check.passed()).isFalse();
              assertThat(check.detail()).contains(detail);
            });
  }

  @Test
  void ends_a_process_that_takes_too_long_and_says_that_nothing_was_tried() {
    List<Check> checks = run("numeric-v1", Duration.ofMillis(1));
    assertThat(checks)
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.name()).isEqualTo(Name.LOADS);
              assertThat(check.outcome()).isEqualTo(Outcome.NOT_RUN);
              assertThat(check.detail()).isEqualTo("The checks had not begun within PT0.001S.");
            });
  }

  /** Which of the two comes first is chance, so that many are tried at once. */
  @Test
  void reads_to_the_end_while_the_process_is_ended() throws Exception {
    try (var threads = Executors.newFixedThreadPool(24)) {
      List<Future<List<Check>>> all =
          IntStream.range(0, 96)
              .mapToObj(_ -> threads.submit(() -> run("numeric-v1", Duration.ZERO)))
              .toList();
      for (Future<List<Check>> one : all) {
        assertThat(one.get()).extracting(Check::outcome).containsExactly(Outcome.NOT_RUN);
      }
    }
  }

  @Test
  void holds_a_model_to_the_budget_that_its_policy_asks_for() {
    List<Check> checks =
        new ProcessCheckRunner(folder, new CheckLimits(Duration.ofMillis(500), 50), PATIENT)
            .run(
                LocalBundles.readVerified(TestBundles.folder("numeric-v1"), digest("numeric-v1")),
                Optional.of(Duration.ofNanos(1)));
    assertThat(checks.getLast().name()).isEqualTo(Name.LATENCY);
    assertThat(checks.getLast().passed()).isFalse();
    assertThat(checks.getLast().measured()).containsEntry("budget_ms", 0.0);
  }

  private List<Check> run(String name, Duration limit) {
    return new ProcessCheckRunner(folder, new CheckLimits(Duration.ofMillis(500), 50), limit)
        .run(LocalBundles.readVerified(TestBundles.folder(name), digest(name)), Optional.empty());
  }

  private static Digest digest(String name) {
    return TestBundles.artifact("acme", name).digest();
  }
}
