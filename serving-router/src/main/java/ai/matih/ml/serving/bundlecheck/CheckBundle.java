package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Bundles;
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

  private final Bundles bundles;
  private final CheckRunner runner;
  private final Semaphore places;

  /**
   * @param settings how many bundles are checked at the same time; the others wait
   */
  public CheckBundle(Bundles bundles, CheckRunner runner, BundleCheckSettings settings) {
    this.bundles = bundles;
    this.runner = runner;
    this.places = new Semaphore(settings.atOnce(), true);
  }

  /**
   * The checks of an artifact. Builds the artifact inside, since a wrong digest is a finding, not
   * an error.
   *
   * @param latencyBudget what the model's policy asks for; the router's own when it asks for
   *     nothing
   */
  public List<Check> of(Supplier<Artifact> named, Optional<Duration> latencyBudget) {
    Map<Name, Check> checks = new EnumMap<>(Name.class);
    Bundle bundle;
    try {
      Artifact artifact = named.get();
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
      runner.run(bundle, latencyBudget).forEach(check -> checks.put(check.name(), check));
    } finally {
      places.release();
    }
    return complete(checks);
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
