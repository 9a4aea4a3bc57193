package ai.matih.ml.serving.engine.recall;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.GoldenBatch;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A second engine, for tests: it knows the golden rows by heart and answers everything else with
 * zeros. It shows what an engine has to bring, and that nothing else in the router has to change.
 */
public final class RecallEngine implements ScoringEngine {

  public static final EngineName NAME = new EngineName("recall");

  private final ScoringLimit limit = new ScoringLimit(2, 10, Duration.ofSeconds(1));

  @Override
  public EngineName name() {
    return NAME;
  }

  /** It never looks at the ONNX form, so none bars it. */
  @Override
  public EngineSupport support(VersionForms forms) {
    return EngineSupport.PROVEN;
  }

  @Override
  public ScoringModel load(Bundle bundle, Placement placement) {
    if (bundle.golden().rows().isEmpty()) {
      throw new BundleRefused(BundleRefused.Part.GOLDEN_ROWS, "nothing to learn by heart");
    }
    return new RecallModel(bundle.signature(), bundle.golden());
  }

  @Override
  public int warmUpCalls() {
    return 1;
  }

  @Override
  public ScoringLimit limit() {
    return limit;
  }

  private static final class RecallModel implements ScoringModel {

    private final Signature signature;
    private final Map<List<Object>, float[]> answers = new HashMap<>();

    RecallModel(Signature signature, GoldenRows golden) {
      this.signature = signature;
      Batch batch = GoldenBatch.of(golden, signature);
      for (int row = 0; row < batch.rows(); row++) {
        GoldenRows.Answer known = golden.rows().get(row).answer();
        float[] answer = new float[signature.width()];
        for (int i = 0; i < answer.length; i++) {
          answer[i] =
              known.probabilities().isEmpty()
                  ? ((Number) known.prediction()).floatValue()
                  : known.probabilities().get(i).floatValue();
        }
        answers.put(key(batch, row), answer);
      }
    }

    @Override
    public Signature signature() {
      return signature;
    }

    @Override
    public Scores score(Batch batch) {
      float[] values = new float[batch.rows() * signature.width()];
      for (int row = 0; row < batch.rows(); row++) {
        float[] answer = answers.get(key(batch, row));
        if (answer != null) {
          System.arraycopy(answer, 0, values, row * answer.length, answer.length);
        } else {
          Arrays.fill(values, row * signature.width(), (row + 1) * signature.width(), 0);
        }
      }
      return new Scores(signature, batch.rows(), values);
    }

    private List<Object> key(Batch batch, int row) {
      List<Object> key = new ArrayList<>();
      for (int column = 0; column < signature.columns().size(); column++) {
        boolean text = signature.columns().get(column).type() == ColumnType.STRING;
        key.add(text ? batch.text(row, column) : batch.number(row, column));
      }
      return key;
    }

    @Override
    public void close() {
      answers.clear();
    }
  }
}
