package ai.matih.ml.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.fixture.TestBundles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scoring engine ... */
public abstract class ScoringEngineContract {

  /** The engine, always the same one in a test. */
  protected abstract ScoringEngine engine();

  protected static Bundle bundle(String name) {
    return LocalBundles.readVerified(
        TestBundles.folder(name), TestBundles.artifact("acme", name).digest());
  }

  /** Loads a bundle, and waits where the engine needs time for it. */
  protected ScoringModel load(Bundle bundle) {
    return engine().load(bundle, placement(bundle));
  }

  protected static Placement placement(Bundle bundle) {
    return new Placement(
        "acme." + bundle.digest().hex().substring(0, 12),
        TestBundles.artifact("acme", name(bundle)),
        Hosting.DEFAULT);
  }

  private static String name(Bundle bundle) {
    return Stream.of("numeric-v1", "features", "mixed", "regression")
        .filter(name -> bundle(name).digest().equals(bundle.digest()))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"numeric-v1", "features", "mixed", "regression"})
  void reproduces_the_golden_rows_however_the_batch_was_filled(String name) {
    Bundle bundle = bundle(name);
    GoldenRows golden = bundle.golden();
    try (ScoringModel model = load(bundle)) {
      Batch byRow = GoldenBatch.of(golden, model.signature());
      Scores scores = model.score(byRow);
      assertThat(golden.compare(GoldenBatch.answers(scores)).equal()).isTrue();
      assertThat(model.score(byColumn(byRow)).values()).isEqualTo(scores.values());
    }
  }

  /** The same values, set as whole columns, as named tensors bring them. */
  private static Batch byColumn(Batch rows) {
    Batch columns = new Batch(rows.signature(), rows.rows());
    for (int column = 0; column < rows.signature().columns().size(); column++) {
      int c = column;
      if (rows.signature().columns().get(column).type() == ColumnType.STRING) {
        String[] texts = new String[rows.rows()];
        Arrays.setAll(texts, row -> rows.text(row, c));
        columns.texts(column, texts);
      } else {
        double[] numbers = new double[rows.rows()];
        Arrays.setAll(numbers, row -> rows.number(row, c));
        columns.numbers(column, numbers);
      }
    }
    return columns;
  }

  @Test
  void answers_from_many_threads_as_from_one() throws Exception {
    Bundle bundle = bundle("mixed");
    try (ScoringModel model = load(bundle);
        var threads = Executors.newFixedThreadPool(8)) {
      List<float[]> expected = new ArrayList<>();
      List<Callable<float[]>> calls = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        int row = i % bundle.golden().rows().size();
        Batch one = GoldenBatch.of(bundle.golden(), model.signature(), row, row + 1);
        expected.add(model.score(one).values());
        calls.add(() -> model.score(one).values());
      }
      List<Future<float[]>> answers = threads.invokeAll(calls);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void gives_models_that_live_and_end_apart_from_each_other() {
    Bundle bundle = bundle("numeric-v1");
    ScoringModel first = load(bundle);
    try (ScoringModel second = load(bundle)) {
      first.close();
      Batch batch = GoldenBatch.of(bundle.golden(), second.signature());
      assertThat(bundle.golden().compare(GoldenBatch.answers(second.score(batch))).equal())
          .isTrue();
    }
  }

  @Test
  void takes_a_version_that_the_registry_verified_and_gives_a_reason_when_it_takes_none() {
    assertThat(engine().support(new VersionForms(3, OnnxStatus.VERIFIED)))
        .isEqualTo(EngineSupport.PROVEN);
    for (OnnxStatus onnx : OnnxStatus.values()) {
      EngineSupport support = engine().support(new VersionForms(3, onnx));
      assertThat(support).isEqualTo(engine().support(new VersionForms(3, onnx)));
      support.objection().ifPresent(why -> assertThat(why).contains("3").endsWith("."));
    }
  }

  @Test
  void has_one_limit_for_all_its_models() {
    ScoringLimit limit = engine().limit();
    assertThat(engine().limit()).isSameAs(limit);
    assertThat(limit.enter()).isTrue();
    limit.leave();
    assertThat(engine().warmUpCalls()).isNotNegative();
  }
}
