package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before MLflow sees it, with the path to it. */
class MlflowMessageTests {

  private static final String RUN = "0".repeat(32);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "log-batch | {'metrics':[{'key':'a','value':1},{'key':'b\\u0000','value':1}]} |"
            + " metrics[1].key",
        "log-batch | {'metrics':[{'key':'a','value':1e400}]} | metrics[0].value",
        "log-batch | {'metrics':[{'key':'a','value':'1e400'}]} | metrics[0].value",
        "log-batch | {'metrics':[{'key':'a','value':'nan'}]} | metrics[0].value",
        "log-batch | {'metrics':[{'key':'a','value':1,'step':1e30}]} | metrics[0].step",
        "log-batch | {'metrics':[{'key':'a','value':1,'timestamp':0.5}]} | metrics[0].timestamp",
        "log-batch | {'params':[{'key':'a','value':'x\\u0000'}]} | params[0].value",
        "log-batch | {'params':[{'key':'a','value':'1'},{'key':'\\ud800','value':'1'}]} |"
            + " params[1].key",
        "log-batch | {'tags':[{'key':'a','value':'1'},{'key':'b','value':'\\udc00x'}]} |"
            + " tags[1].value",
        "log-batch | {'tags':[{'key':'a','value':'1','x\\u0000':1}]} | tags[0].x?",
        "log-inputs | {'datasets':[{'dataset':{'name':'n','schema':'\\u0000'}}]} |"
            + " datasets[0].dataset.schema",
        "log-inputs | {'datasets':[{'tags':[{'key':'\\ud83d','value':'v'}]}]} |"
            + " datasets[0].tags[0].key",
        "log-metric | {'key':'a','value':1e400} | value",
        "log-metric | {'key':'a','value':-1e400} | value",
        "log-metric | {'key':'a','value':'inf'} | value",
        "log-metric | {'key':'a\\ud800','value':1} | key",
        "log-metric | {'key':'a','value':1,'timestamp':9223372036854775808} | timestamp",
        "set-tag | {'key':'a','value':'\\u0000'} | value",
        "log-model | {'model_json':'\\ud800'} | model_json",
      })
  void what_no_database_keeps_is_refused_on_every_level(String call, String body, String path) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> message(call, body))
        .satisfies(
            problem ->
                assertThat(problem.violations())
                    .extracting(Violation::field)
                    .containsExactly(path));
  }

  @Test
  void a_value_is_told_back_as_it_was_sent_and_the_first_wrong_field_first() {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> ofBody("log-metric", "{\"value\":\"x\",\"key\":\"a\",\"run_id\":31}"))
        .satisfies(
            problem -> {
              assertThat(problem.violations())
                  .extracting(Violation::field)
                  .containsExactly("run_id");
              assertThat(problem.params()).containsEntry("value", 31);
            });
  }

  /** A client reads a trace's files from where its tag says, and shows its token there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATCH | /api/2.0/mlflow/traces/tr-1/tags",
        "DELETE | /api/2.0/mlflow/traces/tr-1/tags",
        "PATCH | /api/3.0/mlflow/traces/tr-1/tags",
        "DELETE | /api/3.0/mlflow/traces/tr-1/tags"
      })
  void nobody_says_where_a_traces_files_lie(String call) {
    MlflowCall.Match match =
        MlflowCall.of(call.replaceAll(" .*", ""), call.replaceAll(".* ", "")).orElseThrow();
    for (String key : List.of("mlflow.artifactLocation", "mlflow.trace.spansLocation")) {
      String body = "{\"key\":\"" + key + "\",\"value\":\"http://elsewhere/\"}";
      assertThatExceptionOfType(Problem.class)
          .isThrownBy(() -> MlflowMessage.ofBody(match, body.getBytes(StandardCharsets.UTF_8)))
          .satisfies(problem -> assertThat(problem.error()).isEqualTo(CommonError.INVALID_REQUEST));
      assertThatExceptionOfType(Problem.class)
          .isThrownBy(() -> MlflowMessage.ofQuery(match, Map.of("key", new String[] {key})));
    }
    assertThat(MlflowMessage.ofBody(match, "{\"key\":\"team\"}".getBytes(StandardCharsets.UTF_8)))
        .isNotNull();
  }

  @Test
  void a_run_of_another_server_is_not_there() {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> ofBody("delete-tag", "{\"run_id\":\"fake_run_id\",\"key\":\"a\"}"))
        .satisfies(
            problem -> {
              assertThat(problem.error()).isEqualTo(ApiError.RUN_NOT_FOUND);
              assertThat(problem.getMessage()).isEqualTo("Run with id=fake_run_id not found");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'metrics':[{'key':'précision','value':'NaN','timestamp':1,'step':1}]}",
        "{'metrics':[{'key':'😀','value':'-Infinity','timestamp':'1','step':'-1'}]}",
        "{'metrics':[{'key':'a','value':1.7976931348623157e308,'timestamp':1.0,'step':9223372036854775807}]}",
        "{'params':[{'key':'a','value':'\uD83D\uDE00'}],'tags':[{'key':'','value':null}]}",
      })
  void all_else_is_mlflows_to_judge(String body) {
    assertThat(message("log-batch", body).body()).isNotEmpty();
  }

  private static MlflowMessage message(String call, String body) {
    return ofBody(
        call, body.replace('\'', '"').replaceFirst("\\{", "{\"run_id\":\"" + RUN + "\","));
  }

  private static MlflowMessage ofBody(String call, String json) {
    MlflowCall.Match match =
        new MlflowCall.Match(
            MlflowCall.of("POST", MlflowCall.BASE + "runs/" + call).orElseThrow().call(), Map.of());
    return MlflowMessage.ofBody(match, json.getBytes(StandardCharsets.UTF_8));
  }
}
