package ai.matih.ml.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.training.cluster.CodePackage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The algorithms that are offered. */
class AlgorithmsTests {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build();
  private static final Algorithms SHIPPED = Algorithms.of(CodePackage.ofThisBuild());

  /** A case that the training code is held to as well, in {@code test_hyperparameters.py}. */
  record Case(
      String algorithm,
      Task task,
      Map<String, Object> hyperparameters,
      @Nullable String mustBe,
      @Nullable String has) {}

  static Stream<Case> cases() throws IOException {
    String text = Files.readString(Path.of("src/test/resources/hyperparameter-cases.json"));
    return JSON.readValue(text, new TypeReference<List<Case>>() {}).stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void check_hyperparameters_as_the_training_code_does(Case example) {
    List<Violation> found =
        SHIPPED
            .find(example.algorithm())
            .orElseThrow()
            .check(example.task(), example.hyperparameters());

    String name = example.hyperparameters().keySet().iterator().next();
    if (example.mustBe() != null) {
      assertThat(found)
          .containsExactly(new Violation("hyperparameters." + name, "must be " + example.mustBe()));
    } else if (example.has() != null) {
      assertThat(found)
          .containsExactly(
              new Violation(
                  "hyperparameters." + name,
                  "is not a hyperparameter of %s; it has %s"
                      .formatted(example.algorithm(), example.has())));
    } else {
      assertThat(found).isEmpty();
    }
  }

  @Test
  void refuse_for_regression_what_belongs_to_classification() {
    assertThat(
            SHIPPED
                .find("random_forest")
                .orElseThrow()
                .check(Task.REGRESSION, Map.of("class_weight", "balanced")))
        .containsExactly(
            new Violation("hyperparameters.class_weight", "belongs to classification"));
    assertThat(
            SHIPPED
                .find("xgboost")
                .orElseThrow()
                .check(Task.REGRESSION, Map.of("scale_pos_weight", 2)))
        .hasSize(1);
  }

  @Test
  void refuse_what_is_no_number() {
    assertThat(
            SHIPPED
                .find("xgboost")
                .orElseThrow()
                .check(Task.CLASSIFICATION, Map.of("learning_rate", Double.NaN)))
        .hasSize(1);
  }

  @Test
  void are_known_by_their_exact_names() {
    assertThat(SHIPPED.names())
        .isEqualTo(
            "xgboost, lightgbm, hist_gradient_boosting, random_forest, logistic_regression, linear_regression, ridge");
    assertThat(SHIPPED.find("XGBOOST")).isEmpty();
    assertThat(SHIPPED.find("pytorch_mlp")).isEmpty();
    assertThat(SHIPPED.isPlanned("pytorch_mlp")).isTrue();
    assertThat(SHIPPED.isPlanned("alchemy")).isFalse();
  }

  @Test
  void describe_each_hyperparameter() {
    assertThat(SHIPPED.documentation())
        .contains("`xgboost`: Gradient-boosted trees.")
        .contains(
            "- `max_depth`: Greatest depth of a tree; 0 is unlimited. It is an integer from 0 to 30; default 6.")
        .contains(
            "- `max_features`: Columns that each split sees. It is sqrt, log2 or a fraction; default sqrt for classification, 1 for regression.")
        .contains("- `class_weight`:")
        .contains("; for classification only.");
  }

  @Test
  void are_stored_in_capitals_as_earlier_releases_did() {
    AlgorithmName name = new AlgorithmName("random_forest");

    assertThat(JSON.writeValueAsString(name)).isEqualTo("\"RANDOM_FOREST\"");
    assertThat(JSON.readValue("\"RANDOM_FOREST\"", AlgorithmName.class)).isEqualTo(name);
  }

  @Test
  void refuse_a_file_that_is_wrong() {
    for (String wrong :
        List.of(
            "{\"algorithms\":{},\"planned\":[],\"colour\":1}",
            "{\"algorithms\":{\"a\":{\"description\":\"x\",\"tasks\":[\"ranking\"],\"gpu\":false,\"parameters\":{}}},\"planned\":[]}",
            "{\"algorithms\":{\"a\":{\"description\":\"x\",\"tasks\":[\"regression\"],\"parameters\":{}}},\"planned\":[]}")) {
      assertThatThrownBy(() -> Algorithms.parse(wrong.getBytes(StandardCharsets.UTF_8)))
          .as(wrong)
          .isInstanceOf(RuntimeException.class);
    }
  }
}
