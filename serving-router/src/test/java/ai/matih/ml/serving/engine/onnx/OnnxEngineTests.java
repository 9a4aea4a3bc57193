package ai.matih.ml.serving.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.OnnxInspection;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.GoldenBatch;
import ai.matih.ml.serving.engine.OnnxStatus;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringEngineContract;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ONNX engine ... */
class OnnxEngineTests extends ScoringEngineContract {

  private final OnnxEngine engine = new OnnxEngine(new ScoringLimit(4, 0, Duration.ZERO));

  @Override
  protected ScoringEngine engine() {
    return engine;
  }

  @Test
  void bars_a_version_whose_onnx_form_answers_differently() {
    assertThat(engine.support(new VersionForms(7, OnnxStatus.MISMATCH)).objection())
        .hasValueSatisfying(why -> assertThat(why).contains("version 7", "differently"));
    assertThat(
            engine
                .support(new VersionForms(7, OnnxStatus.MISMATCH, Optional.of("9 of 60 differ.")))
                .objection())
        .hasValueSatisfying(why -> assertThat(why).endsWith("may not serve it. 9 of 60 differ."));
    assertThat(engine.support(new VersionForms(7, OnnxStatus.UNVERIFIED)))
        .isEqualTo(EngineSupport.UNPROVEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"numeric-v1", "numeric-v2", "features", "mixed", "regression", "unicode"})
  void reproduces_the_golden_rows_in_a_batch_and_one_by_one(String name) {
    Bundle bundle = bundle(name);
    try (ScoringModel model = engine.load(bundle)) {
      GoldenRows golden = bundle.golden();
      assertThat(golden.rows()).hasSizeGreaterThanOrEqualTo(50);
      assertThat(GoldenBatch.play(golden, model).equal()).isTrue();
      for (int i = 0; i < golden.rows().size(); i++) {
        GoldenRows one =
            new GoldenRows(golden.tolerance(), golden.scale(), List.of(golden.rows().get(i)));
        assertThat(GoldenBatch.play(one, model).equal()).as("row %d", i).isTrue();
      }
    }
  }

  @Test
  void finds_golden_rows_that_are_not_this_models() {
    Bundle bundle = bundle("wrong-golden");
    try (ScoringModel model = engine.load(bundle)) {
      GoldenRows.Comparison comparison = GoldenBatch.play(bundle.golden(), model);
      assertThat(comparison.equal()).isFalse();
      assertThat(comparison.differing()).isPositive();
    }
  }

  /** Slots are reused by whoever comes; nobody may see another one's numbers. */
  @Test
  void answers_many_threads_at_once_each_with_its_own_rows() throws Exception {
    Bundle bundle = bundle("mixed");
    GoldenRows golden = bundle.golden();
    try (ScoringModel model = engine.load(bundle);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Scores expected = model.score(GoldenBatch.of(golden, model.signature()));
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int t = 0; t < 16; t++) {
        Random random = new Random(t);
        wrong.add(
            threads.submit(
                () -> {
                  int differing = 0;
                  for (int i = 0; i < 500; i++) {
                    int row = random.nextInt(golden.rows().size());
                    Batch one = GoldenBatch.of(golden, model.signature(), row, row + 1);
                    float answer = model.score(one).value(0, 1);
                    differing += Math.abs(answer - expected.value(row, 1)) <= 1e-6f ? 0 : 1;
                  }
                  return differing;
                }));
      }
      for (Future<Integer> count : wrong) {
        assertThat(count.get()).isZero();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hostile-external-data, keeps data outside",
    "hostile-custom-domain, a domain other than",
    "hostile-endless-loop, operator Loop",
    "hostile-random, operator RandomNormalLike",
    "hostile-not-onnx, not a well-formed ONNX model"
  })
  void refuses_hostile_files_before_native_code_sees_them(String name, String reason) {
    assertThatThrownBy(() -> OnnxInspection.inspect(bundle(name).onnx().orElseThrow().content()))
        .isInstanceOfSatisfying(
            BundleRefused.class,
            refused -> {
              assertThat(refused.part()).isEqualTo(Part.MODEL);
              assertThat(refused.reason()).contains(reason);
            });
  }

  @Test
  void refuses_a_model_that_its_signature_does_not_fit() {
    assertThatThrownBy(() -> engine.load(bundle("wrong-signature")))
        .isInstanceOfSatisfying(
            BundleRefused.class, refused -> assertThat(refused.part()).isEqualTo(Part.SIGNATURE));
  }

  /** Every prefix of a model, and every kind of damage, is refused and never more than that. */
  @Test
  void reads_damaged_files_without_harm() {
    byte[] model = bundle("mixed").onnx().orElseThrow().content();
    for (int length = 0; length < model.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(model, length);
      try {
        OnnxInspection.inspect(cut);
      } catch (BundleRefused expected) {
        assertThat(expected.part()).isEqualTo(Part.MODEL);
      }
    }
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = model.clone();
      for (int j = 0; j < 3; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        OnnxInspection.inspect(damaged);
      } catch (BundleRefused expected) {
        assertThat(expected.part()).isEqualTo(Part.MODEL);
      }
    }
  }
}
