package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.bundlecheck.Check.Outcome;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineNotReady;
import java.util.Optional;

/**
 * Refuses a bundle that would break the router that loads it: native code that crashes takes its
 * process with it, so an unproven bundle runs in another one first.
 */
public final class RequireLoadable {

  private final CheckRunner runner;

  public RequireLoadable(CheckRunner runner) {
    this.runner = runner;
  }

  /**
   * Returns normally for a bundle that loads and computes what it promises.
   *
   * @throws BundleRefused for one that does not, with what was found
   * @throws EngineNotReady when the checks could not begin, which says nothing about the bundle
   */
  public void check(Bundle bundle) {
    for (Check check : runner.run(bundle, Optional.empty())) {
      if (check.name() == Name.LOADS && check.outcome() == Outcome.NOT_RUN) {
        throw new EngineNotReady(check.detail());
      }
      boolean decisive =
          switch (check.name()) {
            case DIGEST, SIGNATURE, LOADS, GOLDEN_ROWS, DETERMINISM -> true;
            case MISSING_VALUES, BOUNDARY_VALUES, LATENCY -> false;
          };
      if (decisive && !check.passed()) {
        throw new BundleRefused(BundleRefused.Part.MODEL, check.detail());
      }
    }
  }
}
