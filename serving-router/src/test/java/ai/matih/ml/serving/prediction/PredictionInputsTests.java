package ai.matih.ml.serving.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.deployment.InputChange;
import ai.matih.ml.serving.deployment.InputRules;
import ai.matih.ml.serving.deployment.OnAbsent;
import ai.matih.ml.serving.prediction.FeatureRow.Absence;
import ai.matih.ml.serving.routing.AcceptedInputs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The input of a prediction ... */
class PredictionInputsTests {

  private static final InputRules FAIL = new InputRules(OnAbsent.FAIL, Map.of(), InputChange.NONE);

  private final PredictionReader reader =
      new PredictionReader(new PredictionSettings(100, 1, Duration.ofSeconds(1), 1));

  private static Signature signature(boolean windMayBeMissing) {
    return new Signature(
        2,
        Task.REGRESSION,
        List.of(
            new Column("temp", ColumnType.DOUBLE, true),
            new Column("wind", ColumnType.DOUBLE, windMayBeMissing),
            new Column("origin", ColumnType.STRING, true)),
        List.of(),
        Optional.of(
            new FeatureSource(
                List.of("weather:temp", "weather:wind"), Optional.empty(), List.of("origin"))));
  }

  private PredictionInput input(
      String rest, Signature signature, InputRules rules, FeatureRow... stored) {
    return new PredictionInputs((_, _) -> List.of(stored))
        .of(
            reader.read(("{\"model_id\":\"late\"," + rest + "}").getBytes(StandardCharsets.UTF_8)),
            signature,
            AcceptedInputs.alone(rules));
  }

  private static FeatureRow found(double temp, double wind) {
    return new FeatureRow(Map.of("weather:temp", temp, "weather:wind", wind), Map.of());
  }

  private static FeatureRow notFound() {
    return new FeatureRow(
        Map.of(), Map.of("weather:temp", Absence.NOT_FOUND, "weather:wind", Absence.NOT_FOUND));
  }

  @Test
  void tells_per_row_what_the_store_could_not_give() {
    PredictionInput input =
        input(
            "\"entities\":{\"origin\":[\"JFK\",\"LGA\",\"XXX\"]}",
            signature(true),
            InputRules.DEFAULT,
            found(1, 2),
            new FeatureRow(
                Map.of("weather:temp", 3.0), Map.of("weather:wind", Absence.OUTSIDE_MAX_AGE)),
            notFound());

    assertThat(input.absent())
        .extracting(AbsentFeatures::inWords)
        .containsExactly(
            "Row 1 (origin LGA): weather:wind is too old.",
            "Row 2 (origin XXX): weather:temp was not found, weather:wind was not found.");
    assertThat(input.batch().number(1, 0)).isEqualTo(3);
    assertThat(input.batch().number(1, 1)).isNaN();
    assertThat(input.batch().text(2, 2)).isEqualTo("XXX");
  }

  @Test
  void calls_nothing_absent_that_the_caller_gave_or_whose_newest_value_is_null() {
    assertThat(
            input(
                    "\"features\":{\"temp\":1},\"entities\":{\"origin\":\"JFK\"}",
                    signature(true),
                    FAIL,
                    new FeatureRow(Map.of(), Map.of("weather:temp", Absence.NOT_FOUND)))
                .absent())
        .isEmpty();
    assertThat(
            input(
                    "\"features\":{\"temp\":null,\"wind\":null},\"entities\":{\"origin\":\"JFK\"}",
                    signature(true),
                    FAIL,
                    notFound())
                .absent())
        .isEmpty();
  }

  @Test
  void takes_texts_of_any_script_and_no_half_characters() {
    PredictionInput input =
        input("\"features\":{\"origin\":\"a\ud83d\ude80\"}", signature(true), InputRules.DEFAULT);
    assertThat(input.batch().text(0, 2)).isEqualTo("a\ud83d\ude80");
    for (String half : List.of("\\ud83d", "\\ude80a", "\\ud83d\\ud83d")) {
      assertThatThrownBy(
              () ->
                  input(
                      "\"features\":{\"origin\":\"" + half + "\"}",
                      signature(true),
                      InputRules.DEFAULT))
          .isInstanceOfSatisfying(
              Problem.class,
              problem ->
                  assertThat(problem.violations())
                      .anySatisfy(
                          violation -> assertThat(violation.field()).isEqualTo("features.origin")));
    }
  }

  @Test
  void is_refused_when_the_request_or_the_deployment_says_so() {
    String rows = "\"entities\":{\"origin\":[\"JFK\",\"XXX\",\"YYY\"]}";
    refused(
        "Row 1 (origin XXX): weather:temp was not found, weather:wind was not found. 1 more rows"
            + " lack features.",
        () -> input(rows, signature(true), FAIL, found(1, 2), notFound(), notFound()));
    refused(
        "Row 1 (origin XXX): weather:temp was not found, weather:wind was not found.",
        () ->
            input(
                rows + ",\"options\":{\"on_absent\":\"fail\"}",
                signature(true),
                InputRules.DEFAULT,
                found(1, 2),
                notFound(),
                found(1, 2)));
  }

  @Test
  void is_refused_without_a_feature_that_may_not_be_missing_whatever_anybody_says() {
    refused(
        "Row 0 (origin XXX): weather:temp was not found, weather:wind was not found.",
        () ->
            input(
                "\"entities\":{\"origin\":\"XXX\"},\"options\":{\"on_absent\":\"serve\"}",
                signature(false),
                InputRules.DEFAULT,
                notFound()));
  }

  private static void refused(String detail, ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.error()).isEqualTo(ServingError.FEATURES_ABSENT);
              assertThat(problem.detail()).isEqualTo(detail);
              assertThat(problem.params()).containsKey("absent_features");
            });
  }
}
