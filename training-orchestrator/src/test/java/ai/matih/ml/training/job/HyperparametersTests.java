package ai.matih.ml.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.training.job.TrainingSpecification.Algorithm;
import ai.matih.ml.training.job.TrainingSpecification.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hyperparameters. */
class HyperparametersTests {

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void are_the_ones_that_the_training_code_knows(Algorithm algorithm) throws IOException {
    String python = Files.readString(Path.of("src/main/python/matih_training/hyperparameters.py"));
    String table =
        switch (algorithm) {
          case XGBOOST -> between(python, "_XGBOOST = {", "\n}");
          case RANDOM_FOREST -> between(python, "_FOREST = {", "\n}");
        };

    assertThat(Hyperparameters.names(algorithm))
        .isEqualTo(
            new TreeSet<>(
                Pattern.compile("^ {4}\"(\\w+)\":", Pattern.MULTILINE)
                    .matcher(table)
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .toList()));
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start);
    return text.substring(from, text.indexOf(end, from));
  }

  @Test
  void are_refused_by_name_type_and_range() {
    assertThat(fields(Map.of("max_depth", 6, "learning_rate", 0.1, "num_boost_round", 50)))
        .isEmpty();
    assertThat(fields(Map.of("max_depth", 6.5))).containsExactly("hyperparameters.max_depth");
    assertThat(fields(Map.of("max_depth", "6"))).containsExactly("hyperparameters.max_depth");
    assertThat(fields(Map.of("max_depth", 31))).containsExactly("hyperparameters.max_depth");
    assertThat(fields(Map.of("learning_rate", 0))).containsExactly("hyperparameters.learning_rate");
    assertThat(fields(Map.of("grow_policy", "wild")))
        .containsExactly("hyperparameters.grow_policy");
    assertThat(fields(Map.of("n_estimators", 5, "eta", 1)))
        .containsExactly("hyperparameters.eta", "hyperparameters.n_estimators");
    assertThat(fields(Map.of("learning_rate", Double.NaN))).hasSize(1);
  }

  @Test
  void of_classification_are_refused_for_regression() {
    assertThat(
            Hyperparameters.check(
                Algorithm.RANDOM_FOREST, Task.REGRESSION, Map.of("class_weight", "balanced")))
        .hasSize(1);
    assertThat(
            Hyperparameters.check(
                Algorithm.RANDOM_FOREST,
                Task.CLASSIFICATION,
                Map.of("class_weight", "balanced", "max_features", "sqrt", "max_samples", 0.5)))
        .isEmpty();
  }

  private static List<String> fields(Map<String, Object> asked) {
    return Hyperparameters.check(Algorithm.XGBOOST, Task.CLASSIFICATION, asked).stream()
        .map(Violation::field)
        .toList();
  }
}
