package ai.matih.ml.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.engine.recall.RecallEngine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engines of a router ... */
class EnginesTests {

  private final OnnxEngine onnx = new OnnxEngine(new ScoringLimit(1, 1, Duration.ZERO));
  private final RecallEngine recall = new RecallEngine();
  private final Engines engines = new Engines(List.of(onnx, recall));

  @Test
  void are_found_by_their_names() {
    assertThat(engines.require(EngineName.ONNX)).isSameAs(onnx);
    assertThat(engines.require(RecallEngine.NAME)).isSameAs(recall);
  }

  @Test
  void name_those_that_are_offered_when_one_is_not() {
    assertThatThrownBy(() -> engines.require(new EngineName("abacus")))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.error()).isEqualTo(ServingError.ENGINE_NOT_OFFERED);
              assertThat(problem).hasMessageContaining("onnx, recall");
            });
  }

  @Test
  void are_chosen_by_what_takes_the_version_when_none_is_named() {
    assertThat(engines.firstFor(new VersionForms(1, OnnxStatus.VERIFIED)))
        .isEqualTo(EngineName.ONNX);
    assertThat(engines.firstFor(new VersionForms(1, OnnxStatus.ABSENT)))
        .isEqualTo(RecallEngine.NAME);
    assertThat(new Engines(List.of(onnx)).firstFor(new VersionForms(1, OnnxStatus.ABSENT)))
        .as("its refusal says why")
        .isEqualTo(EngineName.ONNX);
  }

  @Test
  void cannot_share_a_name() {
    assertThatThrownBy(() -> new Engines(List.of(recall, new RecallEngine())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("recall");
  }
}
