package ai.matih.ml.serving.shadow;

import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import ai.matih.ml.serving.engine.recall.RecallEngine;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** An engine whose models hang or fail when a test says so. */
public final class HangingEngine implements ScoringEngine {

  static final EngineName NAME = new EngineName("hanging");

  private static volatile @Nullable CountDownLatch gate;
  private static volatile boolean failing;

  private final RecallEngine engine = new RecallEngine();

  static void hang() {
    gate = new CountDownLatch(1);
  }

  static void goOn() {
    CountDownLatch hanging = gate;
    gate = null;
    if (hanging != null) {
      hanging.countDown();
    }
  }

  static void fail(boolean fails) {
    failing = fails;
  }

  @Override
  public EngineName name() {
    return NAME;
  }

  @Override
  public EngineSupport support(VersionForms forms) {
    return EngineSupport.PROVEN;
  }

  @Override
  public ScoringModel load(Bundle bundle, Placement placement) {
    ScoringModel model = engine.load(bundle, placement);
    return new ScoringModel() {
      @Override
      public ai.matih.ml.bundle.Signature signature() {
        return model.signature();
      }

      @Override
      public Scores score(Batch batch) {
        CountDownLatch hanging = gate;
        if (hanging != null) {
          try {
            hanging.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScoringFailed("interrupted", e);
          }
        }
        if (failing) {
          throw new ScoringFailed("as the test wants it", new IllegalStateException("broken"));
        }
        return model.score(batch);
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  @Override
  public int warmUpCalls() {
    return 1;
  }

  @Override
  public ScoringLimit limit() {
    return new ScoringLimit(2, 10, Duration.ofSeconds(1));
  }
}
