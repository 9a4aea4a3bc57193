package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.api.experiment.MlflowRefusal;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MlflowCallTests {

  @Test
  void every_call_is_in_the_table_once_and_is_found_again() {
    Set<String> seen = new HashSet<>();
    for (MlflowCall call : MlflowCall.table()) {
      assertThat(seen.add(call.method() + " " + call.path())).as(call.path()).isTrue();
      String path =
          call.address()
              .replace("{model_id}", "m-" + "a".repeat(32))
              .replace("{trace_id}", "tr-" + "a".repeat(32))
              .replace("{request_id}", "tr-" + "a".repeat(32))
              .replace("{assessment_id}", "a-" + "a".repeat(32))
              .replace("{dataset_id}", "d-" + "a".repeat(32))
              .replace("{key}", "k");
      assertThat(MlflowCall.of(call.method(), path))
          .hasValueSatisfying(match -> assertThat(match.call()).isEqualTo(call));
    }
  }

  @Test
  void no_gated_call_passes() {
    for (GatedCall gated : GatedCall.table()) {
      for (String method : gated.methods()) {
        assertThat(MlflowCall.of(method, MlflowCall.BASE + gated.path()))
            .as(gated.path())
            .isEmpty();
      }
    }
  }

  @Test
  void nothing_writes_to_the_registry() {
    assertThat(MlflowCall.table())
        .filteredOn(
            call ->
                call.path().startsWith("registered-models")
                    || call.path().startsWith("model-versions"))
        .isNotEmpty()
        .noneMatch(MlflowCall::writes);
  }

  @Test
  void a_job_is_let_into_no_call_that_names_nothing_of_its_own() {
    for (MlflowCall call : MlflowCall.table()) {
      boolean fenced =
          switch (call.jobs()) {
            case REFUSED -> true;
            case OWN_RUN -> call.fields().containsKey("run_id");
            case CHILD_RUN, OWN_EXPERIMENT -> call.fields().containsKey("experiment_id");
            case NEW_MODEL ->
                call.fields().containsKey("experiment_id")
                    && call.fields().containsKey("source_run_id");
            case OWN_MODEL -> call.path().contains("{model_id}");
          };
      assertThat(fenced).as(call.path()).isTrue();
    }
  }

  @Test
  void a_write_is_repeated_as_far_as_its_row_says() {
    for (MlflowCall call : MlflowCall.table()) {
      assertThat(call.mayRepeat(MlflowRefusal.Cause.RULE)).isFalse();
      assertThat(call.mayRepeat(MlflowRefusal.Cause.LOST_RACE)).isEqualTo(call.writes());
      assertThat(call.mayRepeat(MlflowRefusal.Cause.ROW_EXISTS)).isEqualTo(call.repeatable());
      assertThat(call.repeatable() && !call.writes()).as(call.path()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET runs/get sudo - - run_id",
        "GET runs/get read everything - run_id",
        "GET runs/get read - sometimes run_id",
        "GET runs/get read - - colour",
        "GET runs/get read - - run_id:colour"
      })
  void a_row_with_a_word_that_nobody_knows_stops_the_start(String row) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> MlflowCall.row(row.split(" ", -1)));
  }
}
