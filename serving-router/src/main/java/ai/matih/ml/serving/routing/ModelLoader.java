package ai.matih.ml.serving.routing;

import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.BundleRefused;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.GoldenRows;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringModel;
import java.util.function.Consumer;

/**
 * Fetches, verifies, opens and warms a model, in that order. A model whose file nobody proved yet
 * is tried in a throw-away process first, because native code that breaks takes its process with
 * it.
 */
final class ModelLoader {

  private static final int WARM_UP_CALLS = 300;

  private final Bundles bundles;
  private final ScoringEngine engine;
  private final Consumer<Bundle> check;

  /**
   * @param check runs a bundle out of harm's way; throws {@link BundleRefused} for one that breaks
   */
  ModelLoader(Bundles bundles, ScoringEngine engine, Consumer<Bundle> check) {
    this.bundles = bundles;
    this.engine = engine;
    this.check = check;
  }

  ScoringModel load(Deployment deployment) {
    Bundle bundle = bundles.open(deployment.artifact());
    if (!deployment.proven()) {
      check.accept(bundle);
    }
    ScoringModel model = engine.load(bundle);
    try {
      warm(model, bundle.golden());
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static void warm(ScoringModel model, GoldenRows golden) {
    if (golden.rows().isEmpty()) {
      throw new BundleRefused(BundleRefused.Part.GOLDEN_ROWS, "the bundle has no golden rows");
    }
    GoldenRows.Comparison comparison = golden.compare(model.score(golden.batch(model.signature())));
    if (!comparison.equal()) {
      throw new BundleRefused(
          BundleRefused.Part.GOLDEN_ROWS,
          "%d of %d golden rows come out differently here"
              .formatted(comparison.differing(), comparison.rows()));
    }
    for (int i = 0; i < WARM_UP_CALLS; i++) {
      int row = i % golden.rows().size();
      Batch one = golden.batch(model.signature(), row, row + 1);
      model.score(one);
    }
  }
}
