package ai.matih.ml.serving.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.prediction.PredictionRequest.Form;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader ... */
class PredictionReaderTests {

  private final PredictionReader reader =
      new PredictionReader(new PredictionSettings(3, 10, Duration.ofSeconds(1), 1));

  @Test
  void reads_one_row_in_any_order_of_fields() {
    PredictionRequest request =
        read(
            """
            {"options":{"version":7,"return_probabilities":true},"features":{"a":1,"b":2.5,"c":"x","d":true,"e":null},
             "unit_id":"u","model_id":"churn"}
            """);

    assertThat(request.model().value()).isEqualTo("churn");
    assertThat(request.form()).isEqualTo(Form.SINGLE);
    assertThat(request.pinnedVersion()).contains(7L);
    assertThat(request.returnProbabilities()).isTrue();
    assertThat(request.unitId()).contains("u");
    assertThat(request.rows().count()).isEqualTo(1);
    assertThat(request.rows().end(0)).isEqualTo(5);
    assertThat(request.rows().kind(1)).isEqualTo(Rows.Kind.DECIMAL);
    assertThat(request.rows().kind(4)).isEqualTo(Rows.Kind.NULL);
  }

  @Test
  void takes_entities_alone_as_rows() {
    PredictionRequest one = read("{\"model_id\":\"m\",\"entities\":{\"origin\":\"JFK\"}}");
    assertThat(one.form()).isEqualTo(Form.SINGLE);
    assertThat(one.entities()).containsEntry("origin", List.of("JFK"));

    PredictionRequest many =
        read("{\"model_id\":\"m\",\"entities\":{\"origin\":[\"JFK\",\"LGA\"]}}");
    assertThat(many.form()).isEqualTo(Form.MANY);
    assertThat(many.rows().count()).isEqualTo(2);
  }

  @Test
  void reads_wide_rows_beyond_its_first_capacity() {
    StringBuilder row = new StringBuilder("{\"model_id\":\"m\",\"features\":{");
    for (int i = 0; i < 1000; i++) {
      row.append(i == 0 ? "" : ",").append("\"c").append(i).append("\":").append(i);
    }
    PredictionRequest request = read(row.append("}}").toString());
    assertThat(request.rows().end(0)).isEqualTo(1000);
    assertThat(request.rows().name(999)).isEqualTo("c999");
    assertThat(request.rows().number(999)).isEqualTo(999.0);
  }

  @Test
  void takes_every_name_that_a_column_may_have() {
    for (String name : List.of("x".repeat(255), "\u05d0".repeat(255), "\ud83d\ude80".repeat(255))) {
      PredictionRequest request =
          read("{\"model_id\":\"m\",\"features\":{\"%s\":1}}".formatted(name));
      assertThat(request.rows().name(0)).isEqualTo(name);
    }
  }

  @Test
  void takes_long_texts_and_numbers_written_out() {
    PredictionRequest request =
        read(
            "{\"model_id\":\"m\",\"features\":{\"a\":\"%s\",\"b\":1%s}}"
                .formatted("x".repeat(1 << 20), "0".repeat(308)));
    assertThat(request.rows().text(0)).hasSize(1 << 20);
    assertThat(request.rows().number(1)).isEqualTo(1e308);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"features\":{}}|model_id",
        "{\"model_id\":7,\"features\":{}}|model_id",
        "{\"model_id\":\"../x\",\"features\":{}}|model_id",
        "{\"model_id\":\"m\"}|features",
        "{\"model_id\":\"m\",\"features\":[]}|features",
        "{\"model_id\":\"m\",\"features\":null}|features",
        "{\"model_id\":\"m\",\"features\":{},\"instances\":[{}]}|instances",
        "{\"model_id\":\"m\",\"instances\":{}}|instances",
        "{\"model_id\":\"m\",\"instances\":[]}|instances",
        "{\"model_id\":\"m\",\"instances\":[1]}|instances[0]",
        "{\"model_id\":\"m\",\"instances\":[{},{},{},{}]}|instances",
        "{\"model_id\":\"m\",\"features\":{},\"unit_id\":\"\"}|unit_id",
        "{\"model_id\":\"m\",\"features\":{},\"unit_id\":{}}|unit_id",
        "{\"model_id\":\"m\",\"features\":{},\"options\":1}|options",
        "{\"model_id\":\"m\",\"features\":{},\"options\":{\"version\":0}}|options.version",
        "{\"model_id\":\"m\",\"features\":{},\"options\":{\"version\":1.5}}|options.version",
        "{\"model_id\":\"m\",\"features\":{},\"options\":{\"version\":99999999999999999999}}|options.version",
        "{\"model_id\":\"m\",\"features\":{},\"options\":{\"return_probabilities\":1}}|options.return_probabilities",
        "{\"model_id\":\"m\",\"features\":{},\"options\":{\"x\":1}}|options.x",
        "{\"model_id\":\"m\",\"features\":{},\"zzz\":1}|zzz",
        "{\"model_id\":\"m\",\"model_id\":\"m\",\"features\":{}}|model_id",
        "{\"model_id\":\"m\",\"entities\":[]}|entities",
        "{\"model_id\":\"m\",\"entities\":{\"origin\":[]}}|entities.origin",
        "{\"model_id\":\"m\",\"entities\":{\"origin\":[true]}}|entities.origin[0]",
        "{\"model_id\":\"m\",\"features\":{},\"entities\":{\"origin\":[\"a\",\"b\"]}}|entities.origin",
        "{\"model_id\":\"m\",\"entities\":{\"a\":[\"1\",\"2\"],\"b\":[\"1\"]}}|entities.b",
      })
  void names_the_field_that_is_wrong(String body, String field) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.error()).isEqualTo(CommonError.INVALID_REQUEST);
              assertThat(problem.violations()).anyMatch(v -> v.field().equals(field));
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "null",
        "{",
        "{\"model_id\":",
        "{\"model_id\":\"m\",\"features\":{\"a\":NaN}}",
        "{\"model_id\":\"m\",\"features\":{\"a\":01}}",
        "{\"model_id\":\"m\",\"features\":{}} {}",
        "{'model_id':'m'}"
      })
  void calls_what_is_no_json_object_malformed(String body) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.error()).isEqualTo(CommonError.MALFORMED_REQUEST));
  }

  @Test
  void refuses_numbers_and_depths_beyond_its_limits() {
    for (String value : List.of("1".repeat(2_000), "[".repeat(50) + "]".repeat(50))) {
      assertThatThrownBy(() -> read("{\"model_id\":\"m\",\"features\":{\"a\":" + value + "}}"))
          .isInstanceOf(Problem.class);
    }
  }

  /** Whatever the bytes, the outcome is a request or a problem. */
  @Test
  void survives_damage_of_every_kind() {
    byte[] good =
        """
        {"model_id":"m","features":{"a":1,"b":"x"},"entities":{"k":["v"]},"options":{"version":1}}
        """
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(3);
    int problems = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = good.clone();
      for (int j = 0; j <= random.nextInt(3); j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        reader.read(damaged);
      } catch (Problem expected) {
        problems++;
      }
    }
    assertThat(problems).isPositive();
  }

  private PredictionRequest read(String body) {
    return reader.read(body.getBytes(StandardCharsets.UTF_8));
  }
}
