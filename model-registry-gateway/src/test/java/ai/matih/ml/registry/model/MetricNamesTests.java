package ai.matih.ml.registry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever names a metric that is not there ... */
class MetricNamesTests {

  private static final List<String> KNOWN = List.of("logloss", "auc", "f1_macro", "accuracy");

  @ParameterizedTest
  @CsvSource({
    "AUC, auc",
    "eval.auc, auc",
    "test-auc, auc",
    "roc_auc, auc",
    "auk, auc",
    "log_loss, logloss",
    "logless, logloss",
    "accurracy, accuracy",
    "F1-Macro, f1_macro",
    "f1, f1_macro"
  })
  void is_told_which_one_may_be_meant(String wanted, String meant) {
    assertThat(MetricNames.closeTo(wanted, KNOWN)).contains(meant);
  }

  @Test
  void is_told_all_that_there_are() {
    assertThat(MetricNames.insteadOf("rmse", KNOWN))
        .isEqualTo("There are accuracy, auc, f1_macro, logloss.");
    assertThat(MetricNames.insteadOf("Auc", KNOWN)).endsWith(" Is auc meant?");
    assertThat(MetricNames.insteadOf("auc", List.of())).isEqualTo("There are no metrics.");
  }

  @Test
  void is_not_told_thousands() {
    List<String> many = IntStream.range(0, 1000).mapToObj("metric-%03d"::formatted).toList();
    assertThat(MetricNames.insteadOf("auc", many)).endsWith("metric-029 and 970 more.");
  }
}
