package ai.matih.ml.training.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What any cluster must do. */
public abstract class TrainingClusterContract {

  protected abstract TrainingCluster cluster();

  /** A program that prints {@code hello}, may wait, and ends with a status. */
  protected abstract String entrypoint(int seconds, int status);

  /** Waits until the submission has ended. */
  protected abstract ClusterJob ended(SubmissionId id, ClusterJob.Status expected);

  /** Waits until the submission runs. */
  protected abstract void running(SubmissionId id);

  private static SubmissionId fresh() {
    return SubmissionId.of(UUID.randomUUID(), 1);
  }

  private Submission submission(SubmissionId id, int seconds, int status) {
    return new Submission(
        id,
        entrypoint(seconds, status),
        Map.of("SECRET", "do-not-tell"),
        Map.of("tenant", "acme", "attempt", "1"));
  }

  @Test
  void knows_nothing_of_an_id_that_was_never_submitted() {
    SubmissionId id = fresh();

    assertThat(cluster().job(id)).isEmpty();
    assertThat(cluster().log(id)).isEmpty();
    assertThat(cluster().jobs()).noneMatch(job -> job.id().equals(id));
    cluster().stop(id);
  }

  @Test
  void takes_an_id_once_and_says_so_at_each_repeat() {
    SubmissionId id = fresh();

    assertThat(cluster().submit(submission(id, 0, 0))).isEqualTo(TrainingCluster.Accepted.NEW);
    assertThat(cluster().submit(submission(id, 0, 0)))
        .isEqualTo(TrainingCluster.Accepted.KNOWN_ALREADY);
    assertThat(ended(id, ClusterJob.Status.SUCCEEDED).driverLost()).isFalse();
    assertThat(cluster().submit(submission(id, 0, 0)))
        .isEqualTo(TrainingCluster.Accepted.KNOWN_ALREADY);
    assertThat(cluster().jobs()).filteredOn(job -> job.id().equals(id)).hasSize(1);
    assertThat(cluster().job(id).orElseThrow().labels()).containsEntry("tenant", "acme");
    assertThat(cluster().log(id).orElseThrow().text())
        .contains("hello")
        .doesNotContain("do-not-tell");
  }

  @Test
  void tells_how_a_program_that_fails_has_ended() {
    SubmissionId id = fresh();
    cluster().submit(submission(id, 0, 1));

    ClusterJob job = ended(id, ClusterJob.Status.FAILED);

    assertThat(job.exitStatus()).contains(1);
    assertThat(job.driverLost()).isFalse();
  }

  @Test
  void stops_what_runs_and_leaves_ended_ones_alone() {
    SubmissionId id = fresh();
    cluster().submit(submission(id, 600, 0));
    running(id);

    cluster().stop(id);
    ended(id, ClusterJob.Status.STOPPED);
    cluster().stop(id);

    assertThat(cluster().job(id).orElseThrow().status()).isEqualTo(ClusterJob.Status.STOPPED);
  }

  @Test
  void keeps_its_session_while_it_lives_and_says_what_it_has() {
    assertThat(cluster().session()).isNotBlank().isEqualTo(cluster().session());
    assertThat(cluster().capacity().nodes()).isNotEmpty();
    assertThat(cluster().capacity().cpus()).isPositive();
    assertThat(cluster().capacity().holds(1_000_000, 0, 0)).isZero();
    assertThat(cluster().capacity().holds(0.5, 0, 0)).isGreaterThan(1);
  }
}
