package ai.matih.ml.serving.routing;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.serving.bundlecheck.RequireLoadable;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.OwnedDeployment;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.engine.GoldenBatch;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.observation.LoadedModels;
import java.time.Duration;
import java.util.List;

/**
 * Fetches, verifies, opens and warms a model, in that order. A model whose file nobody proved yet
 * is tried in a throw-away process first, because native code that breaks takes its process with
 * it.
 */
final class ModelLoader {

  /**
   * A row of a usual table takes a tenth of it; what takes longer is not computed between reads.
   */
  private static final Duration QUICK = Duration.ofNanos(500_000);

  private final Bundles bundles;
  private final Engines engines;
  private final RequireLoadable loadable;
  private final List<LoadedModels> listeners;

  ModelLoader(
      Bundles bundles, Engines engines, RequireLoadable loadable, List<LoadedModels> listeners) {
    this.bundles = bundles;
    this.engines = engines;
    this.loadable = loadable;
    this.listeners = List.copyOf(listeners);
  }

  /** The model with its engine's limit. The caller closes it. */
  LiveModel load(OwnedDeployment owned) {
    Deployment deployment = owned.deployment();
    ScoringEngine engine = engines.require(deployment.engine());
    Bundle bundle = bundles.open(deployment.artifact());
    if (!deployment.proven()) {
      loadable.check(bundle);
    }
    ScoringModel model = engine.load(bundle, owned.placement());
    try {
      long nanosPerRow = warm(model, bundle, engine.warmUpCalls());
      listeners.forEach(listener -> listener.loaded(deployment.id(), bundle));
      return new LiveModel(
          model, engine.limit(), model.computesHere() && nanosPerRow <= QUICK.toNanos());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * Answers the golden rows and then single ones.
   *
   * @return what the fastest single row took, in nanoseconds
   */
  private static long warm(ScoringModel model, Bundle bundle, int calls) {
    GoldenRows golden = bundle.golden();
    if (golden.rows().isEmpty()) {
      throw new BundleRefused(BundleRefused.Part.GOLDEN_ROWS, "The bundle has no golden rows.");
    }
    GoldenRows.Comparison comparison = GoldenBatch.play(bundle, model);
    if (!comparison.equal()) {
      throw new BundleRefused(
          BundleRefused.Part.GOLDEN_ROWS,
          "%d of %d golden rows come out differently here."
              .formatted(comparison.differing(), comparison.rows()));
    }
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < calls; i++) {
      int row = i % golden.rows().size();
      Batch one = GoldenBatch.of(golden, model.signature(), row, row + 1);
      long started = System.nanoTime();
      model.score(one);
      fastest = Math.min(fastest, System.nanoTime() - started);
    }
    return fastest;
  }
}
