package ai.matih.ml.training.job;

import static ai.matih.ml.training.job.JobEvent.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The lifecycle of a job. */
class JobLifecycleTests {

  /** Written down a second time, by hand: a move that is added or lost must be meant twice. */
  private static final Map<JobStatus, Set<JobEvent>> POSSIBLE =
      Map.of(
          JobStatus.QUEUED, EnumSet.of(PREPARED, FAILED, CANCELLED),
          JobStatus.SUBMITTING, EnumSet.of(ACCEPTED, ANSWER_MISSING, FORGOTTEN, FAILED, CANCELLED),
          JobStatus.UNKNOWN, EnumSet.of(ACCEPTED, NOT_FOUND, FORGOTTEN, CANCELLED),
          JobStatus.PENDING, EnumSet.of(STARTED, TRAINED, SUCCEEDED, FAILED, CANCELLED, FORGOTTEN),
          JobStatus.RUNNING, EnumSet.of(TRAINED, SUCCEEDED, FAILED, CANCELLED, FORGOTTEN),
          JobStatus.LOST, EnumSet.of(RETRIED, FAILED, CANCELLED),
          JobStatus.FAILED, EnumSet.of(RETRIED, REGISTRATION_RETRIED),
          JobStatus.CANCELLED, EnumSet.of(RETRIED),
          JobStatus.SUCCEEDED, EnumSet.noneOf(JobEvent.class));

  @Test
  void has_exactly_the_moves_that_are_meant() {
    for (JobStatus from : JobStatus.values()) {
      for (JobEvent event : JobEvent.values()) {
        assertThat(JobLifecycle.next(from, event).isPresent())
            .as("%s on %s", from, event)
            .isEqualTo(POSSIBLE.getOrDefault(from, Set.of()).contains(event));
      }
    }
  }

  @Test
  void says_why_each_other_move_is_impossible() {
    for (JobStatus from : JobStatus.values()) {
      for (JobEvent event : JobEvent.values()) {
        assertThat(JobLifecycle.obstacle(from, event).isPresent())
            .as("%s on %s", from, event)
            .isNotEqualTo(JobLifecycle.next(from, event).isPresent());
      }
    }
    assertThat(JobLifecycle.obstacle(JobStatus.SUCCEEDED, RETRIED))
        .contains("it has succeeded and its model stays as it is; submit a new job");
  }

  @Test
  void lets_every_living_job_reach_an_end() {
    for (JobStatus start : JobStatus.values()) {
      Set<JobStatus> reached = new LinkedHashSet<>(Set.of(start));
      boolean grew = true;
      while (grew) {
        Set<JobStatus> next = new LinkedHashSet<>(reached);
        for (JobStatus from : reached) {
          for (JobEvent event : JobEvent.values()) {
            JobLifecycle.next(from, event).ifPresent(next::add);
          }
        }
        grew = next.size() > reached.size();
        reached = next;
      }
      assertThat(reached).as("from %s", start).anyMatch(JobStatus::isTerminal);
    }
  }

  @Test
  void is_drawn_in_the_docs_as_it_is() throws IOException {
    assertThat(Files.readString(Path.of("../docs/concepts/jobs.md")))
        .contains("```mermaid\n" + JobLifecycle.diagram() + "```");
  }

  @Test
  void draws_every_move() {
    Map<String, Integer> arrows = new LinkedHashMap<>();
    JobLifecycle.diagram()
        .lines()
        .filter(l -> l.contains("-->"))
        .forEach(l -> arrows.put(l.strip(), 1));

    assertThat(arrows)
        .containsKeys(
            "[*] --> queued",
            "queued --> submitting: prepared",
            "unknown --> submitting: not_found",
            "running --> lost: forgotten",
            "lost --> queued: retried",
            "succeeded --> [*]");
    POSSIBLE.forEach(
        (from, events) ->
            events.forEach(
                event ->
                    assertThat(arrows.keySet())
                        .anyMatch(
                            arrow ->
                                arrow.startsWith(from.wire() + " --> ")
                                    && arrow.contains(event.wire()))));
  }
}
