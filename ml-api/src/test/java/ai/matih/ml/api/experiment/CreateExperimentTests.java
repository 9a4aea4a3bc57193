package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.problem.Problem;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An experiment is made ... */
class CreateExperimentTests {

  private final InMemoryTracker tracker = new InMemoryTracker();
  private final CreateExperiment create = new CreateExperiment(tracker);

  private Experiment create(String request) {
    return create.create(
        "churn", Optional.of("who leaves"), Map.of("team", "crm"), request, "user:a");
  }

  @Test
  void with_what_was_said_of_it() {
    assertThat(create("r1").tags())
        .containsEntry("team", "crm")
        .containsEntry(Tags.DESCRIPTION, "who leaves")
        .containsEntry(Tags.CREATED_BY, "user:a");
  }

  @Test
  void once_by_a_request_and_its_repeat() {
    assertThat(create("r1")).isEqualTo(create("r1"));
  }

  @Test
  void once_though_the_reply_was_lost() {
    tracker.loseReplies();

    assertThat(create("r1").id()).isEqualTo(create("r1").id());
  }

  @Test
  void not_at_all_when_somebody_else_has_the_name() {
    Experiment first = create("r1");

    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> create("r2"))
        .satisfies(
            problem -> {
              assertThat(problem.error()).isEqualTo(ApiError.EXPERIMENT_NAME_TAKEN);
              assertThat(problem.params()).containsEntry("experiment_id", first.id().value());
            });
    tracker.deleteExperiment(first.id());
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> create("r2"))
        .withMessageContaining("restore it");
  }
}
