package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Checks a bundle from its bytes to its speed. Always answers every check; of what was not reached
 * it says so.
 */
public final class CheckBundle {

  /** Each goes over the network, and somebody waits for the checks. */
  private static final int TIMED_ELSEWHERE = 40;

  private static final Duration ASK_AGAIN = Duration.ofSeconds(3);

  private final Bundles bundles;
  private final CheckRunner runner;
  private final Engines engines;
  private final Trials trials;
  private final BundleCheckSettings settings;
  private final Semaphore places;

  /**
   * @param runner for the engine of this process
   * @param trials for engines that run models elsewhere
   * @param settings how many bundles are checked at the same time; the others wait
   */
  public CheckBundle(
      Bundles bundles,
      CheckRunner runner,
      Engines engines,
      Trials trials,
      BundleCheckSettings settings) {
    this.bundles = bundles;
    this.runner = runner;
    this.engines = engines;
    this.trials = trials;
    this.settings = settings;
    this.places = new Semaphore(settings.atOnce(), true);
  }

  /**
   * The checks of an artifact. Builds the artifact inside, since a wrong digest is a finding, not
   * an error.
   *
   * @param latencyBudget what the model's policy asks for; the router's own when it asks for
   *     nothing
   * @param on the engine that is to run the model
   * @throws Problem {@code ENGINE_NOT_OFFERED}, or {@code NOT_READY} while the engine starts the
   *     model: the same request again goes on
   */
  public List<Check> of(Supplier<Artifact> named, Optional<Duration> latencyBudget, EngineName on) {
    ScoringEngine engine = engines.require(on);
    Map<Name, Check> checks = new EnumMap<>(Name.class);
    Artifact artifact;
    Bundle bundle;
    try {
      artifact = named.get();
      bundle = bundles.open(artifact);
      checks.put(
          Name.DIGEST,
          Check.passed(
              Name.DIGEST,
              "Every file is the one that the digest names.",
              Map.of("files", artifact.files().size())));
      checks.put(
          Name.SIGNATURE,
          Check.passed(
              Name.SIGNATURE,
              "The signature is whole and fits the model's tensors.",
              Map.of("inputs", bundle.signature().columns().size())));
    } catch (BundleRefused refused) {
      Name name =
          switch (refused.part()) {
            case FILES, DIGEST -> Name.DIGEST;
            case SIGNATURE, LAYOUT -> Name.SIGNATURE;
            case GOLDEN_ROWS -> Name.GOLDEN_ROWS;
            case MODEL, REFERENCE_PROFILE -> Name.LOADS;
          };
      checks.put(name, Check.failed(name, refused.reason()));
      return complete(checks);
    }
    places.acquireUninterruptibly();
    try {
      List<Check> made =
          engine.startsReplicas()
              ? elsewhere(engine, artifact, bundle, latencyBudget)
              : runner.run(bundle, latencyBudget);
      made.forEach(check -> checks.put(check.name(), check));
    } finally {
      places.release();
    }
    return complete(checks);
  }

  private List<Check> elsewhere(
      ScoringEngine engine, Artifact artifact, Bundle bundle, Optional<Duration> latencyBudget) {
    Placement placement = trials.want(engine.name(), artifact);
    List<Check> made = new ArrayList<>();
    try {
      new ModelChecks(
              _ -> engine.load(bundle, placement),
              new CheckLimits(
                  latencyBudget.orElse(settings.latencyBudgetElsewhere()),
                  settings.minGoldenRows(),
                  TIMED_ELSEWHERE),
              _ -> {},
              made::add)
          .run(bundle);
    } catch (EngineNotReady starting) {
      throw new Problem(ServingError.NOT_READY, starting.reason()).retryAfter(ASK_AGAIN);
    }
    trials.end(placement);
    return made;
  }

  private static List<Check> complete(Map<Name, Check> checks) {
    String why =
        checks.values().stream()
            .filter(check -> check.outcome() == Check.Outcome.FAILED)
            .findFirst()
            .map(check -> "Not run, because %s failed.".formatted(check.name().wireName()))
            .orElse("Not run: the checks ended before it.");
    List<Check> all = new ArrayList<>();
    for (Name name : Name.values()) {
      all.add(checks.getOrDefault(name, Check.notRun(name, why)));
    }
    return all;
  }
}
