package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.experiment.MlflowRefusal.Cause;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class MlflowRefusalTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "INVALID_PARAMETER_VALUE | Invalid value \"a,b\" for parameter 'metrics[0].name' supplied:"
            + " Names may only contain x. | Invalid value \"a,b\" for parameter 'metrics[0].name'"
            + " supplied: Names may only contain x.",
        "RESOURCE_ALREADY_EXISTS | Experiment(name=e) already exists. Error: (raised as a result of"
            + " Query-invoked autoflush; consider) | Experiment(name=e) already exists.",
        "RESOURCE_ALREADY_EXISTS | Experiment(name=e) already exists. Error:"
            + " (psycopg2.errors.UniqueViolation) duplicate key | Experiment(name=e) already"
            + " exists.",
        "RESOURCE_ALREADY_EXISTS | (psycopg2.errors.UniqueViolation) x | The name is taken.",
        "INVALID_PARAMETER_VALUE | No such file: /tmp/x1/y | No such file:",
        "INTERNAL_ERROR | Traceback (most recent call last) | The call was refused.",
      })
  void the_sentence_stays_and_the_inside_is_cut_off(String code, String message, String told) {
    assertThat(refusal(400, code, message)).isEqualTo(new MlflowRefusal(code, told, Cause.RULE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | BAD_REQUEST | (psycopg2.errors.UniqueViolation) duplicate key value | ROW_EXISTS",
        "500 | INTERNAL_ERROR | (psycopg2.errors.UniqueViolation) duplicate key value | ROW_EXISTS",
        "400 | BAD_REQUEST | StaleDataError: UPDATE statement on table 'latest_metrics' |"
            + " LOST_RACE",
        "503 | TEMPORARILY_UNAVAILABLE | (psycopg2.errors.DeadlockDetected) deadlock | LOST_RACE",
        "500 | INTERNAL_ERROR | Failed to set tags with given within 3 retries | LOST_RACE",
        "400 | BAD_REQUEST | (psycopg2.errors.StringDataRightTruncation) value too long | RULE",
        "400 | INVALID_PARAMETER_VALUE | a value that says duplicate key | RULE",
        "503 | TEMPORARILY_UNAVAILABLE | connection refused | RULE",
      })
  void a_lost_race_is_told_from_a_wrong_call(int status, String code, String message, Cause cause) {
    MlflowRefusal refusal = refusal(status, code, message);
    assertThat(refusal.cause()).isEqualTo(cause);
    assertThat(refusal.reason()).doesNotContain("psycopg2", "StaleData").isNotEmpty();
  }

  @Test
  void a_text_too_long_for_the_database_is_the_callers_to_mend() {
    assertThat(refusal(400, "BAD_REQUEST", "(psycopg2.errors.StringDataRightTruncation) x").code())
        .isEqualTo("INVALID_PARAMETER_VALUE");
  }

  @Test
  void a_page_or_nothing_is_read_by_its_status() {
    assertThat(MlflowRefusal.of(404, "<html>").code()).isEqualTo("RESOURCE_DOES_NOT_EXIST");
    assertThat(MlflowRefusal.of(400, "").reason()).isNotEmpty();
    assertThat(refusal(400, "X", "a".repeat(3000)).reason()).hasSize(1001);
    assertThat(refusal(400, "X", "😀".repeat(600)).reason()).hasSize(1200);
  }

  private static MlflowRefusal refusal(int status, String code, String message) {
    return MlflowRefusal.of(
        status,
        JsonMapper.shared().writeValueAsString(Map.of("error_code", code, "message", message)));
  }
}
