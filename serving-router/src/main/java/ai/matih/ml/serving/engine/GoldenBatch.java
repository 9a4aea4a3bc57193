package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.bundle.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Golden rows as an engine takes and answers them. */
public final class GoldenBatch {

  private GoldenBatch() {}

  /** All rows as one batch. */
  public static Batch of(GoldenRows golden, Signature signature) {
    return of(golden, signature, 0, golden.rows().size());
  }

  /** The rows from {@code from} up to, not including, {@code to}. */
  public static Batch of(GoldenRows golden, Signature signature, int from, int to) {
    Batch batch = new Batch(signature, to - from);
    for (int i = from; i < to; i++) {
      for (Map.Entry<String, Object> input : golden.rows().get(i).inputs().entrySet()) {
        int column = signature.position(input.getKey());
        switch (input.getValue()) {
          case Number number -> batch.number(i - from, column, number.doubleValue());
          case Boolean flag -> batch.number(i - from, column, flag ? 1 : 0);
          default -> batch.text(i - from, column, input.getValue().toString());
        }
      }
    }
    return batch;
  }

  /** What a model answered, as golden rows are compared with it. */
  public static List<Answer> answers(Scores scores) {
    List<Answer> answers = new ArrayList<>(scores.rows());
    for (int row = 0; row < scores.rows(); row++) {
      List<Double> probabilities = new ArrayList<>();
      for (int i = 0; scores.hasProbabilities() && i < scores.signature().width(); i++) {
        probabilities.add((double) scores.value(row, i));
      }
      answers.add(new Answer(scores.prediction(row), probabilities));
    }
    return answers;
  }

  /** Scores all golden rows at once and compares the answers. */
  public static GoldenRows.Comparison play(GoldenRows golden, ScoringModel model) {
    return golden.compare(answers(model.score(of(golden, model.signature()))));
  }

  /** The same with what the bundle knows of its training rows. */
  public static GoldenRows.Comparison play(Bundle bundle, ScoringModel model) {
    return bundle
        .golden()
        .compare(
            answers(model.score(of(bundle.golden(), model.signature()))),
            bundle::isFarFromTraining);
  }
}
