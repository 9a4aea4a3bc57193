package ai.matih.ml.training.job.web;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.training.cluster.JobLog;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobId;
import ai.matih.ml.training.job.JobOutputs;
import ai.matih.ml.training.job.Jobs;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What the training code of a job printed, with the platform's secrets masked. */
@RestController
@RequestMapping("/api/v1/ml/training/jobs/{id}/logs")
@Tag(name = "training")
class LogController {

  private static final int MOST_LINES = 10_000;
  private static final JobLog NOTHING = new JobLog("", false);

  private final Jobs jobs;
  private final TrainingCluster cluster;
  private final JobOutputs outputs;
  private final EventStreams streams;

  LogController(Jobs jobs, TrainingCluster cluster, JobOutputs outputs, EventStreams streams) {
    this.jobs = jobs;
    this.cluster = cluster;
    this.outputs = outputs;
    this.streams = streams;
  }

  /**
   * The end of a log.
   *
   * @param truncated earlier lines are left out
   */
  record LogView(String jobId, int attempt, List<String> lines, boolean truncated) {}

  @GetMapping(params = "!follow")
  @Allow(Permission.TRAINING_READ)
  @Operation(
      summary =
          "The last lines of an attempt's log, of the present one when none is named; none before it has begun",
      description =
          "With follow the log as it is printed, as server-sent events named log; with follow=false what there is.",
      parameters =
          @Parameter(name = "follow", in = ParameterIn.QUERY, schema = @Schema(type = "boolean")))
  @ApiResponse(
      responseCode = "200",
      description = "Lines, or with follow events",
      content = {
        @Content(mediaType = "application/json", schema = @Schema(implementation = LogView.class)),
        @Content(mediaType = "text/event-stream")
      })
  LogView log(
      @PathVariable("id") String id,
      @RequestParam(name = "tail", required = false) Optional<Integer> tail,
      @RequestParam(name = "attempt", required = false) Optional<Integer> attempt) {
    int wanted = tail.orElse(1000);
    if (wanted < 1 || wanted > MOST_LINES) {
      throw Problem.invalid("tail", "must be a number from 1 to " + MOST_LINES);
    }
    Job job = find(JobController.jobId(id), id);
    int of = attempt.orElse(job.attempt());
    if (of < 1 || of > job.attempt()) {
      throw Problem.invalid("attempt", "must be a number from 1 to " + job.attempt());
    }
    JobLog log = of == job.attempt() ? read(job) : outputs.keptLog(job, of).orElse(NOTHING);
    List<String> lines = log.text().lines().toList();
    return new LogView(
        id,
        of,
        lines.subList(Math.max(0, lines.size() - wanted), lines.size()),
        log.truncated() || lines.size() > wanted);
  }

  /** Printed lines that are new. */
  record Printed(String text) {}

  @GetMapping(params = "follow")
  @Allow(Permission.TRAINING_READ)
  @Hidden
  void follow(
      @PathVariable("id") String id,
      @RequestParam("follow") boolean follow,
      HttpServletResponse response) {
    JobId jobId = JobController.jobId(id);
    find(jobId, id);
    StringBuilder sent = new StringBuilder();
    streams.stream(
        response,
        Duration.ofSeconds(2),
        sink -> {
          Optional<Job> job = jobs.find(jobId);
          if (job.isEmpty()) {
            return false;
          }
          boolean last = job.get().status().isTerminal() || !follow;
          String text = readIfReachable(job.get());
          if (text != null) {
            String fresh = fresh(sent.toString(), text);
            if (!fresh.isEmpty()) {
              sink.event("log", new Printed(fresh));
            }
            sent.setLength(0);
            sent.append(text);
          }
          return !last;
        });
  }

  /** What is new; where the old end is not found any more, everything is. */
  static String fresh(String before, String now) {
    if (now.startsWith(before)) {
      return now.substring(before.length());
    }
    String end = before.substring(Math.max(0, before.length() - 500));
    int at = now.lastIndexOf(end);
    return at < 0 ? now : now.substring(at + end.length());
  }

  private @Nullable String readIfReachable(Job job) {
    try {
      return read(job).text();
    } catch (EngineFailure e) {
      return null;
    }
  }

  /** From the cluster while it has the job, afterwards what was kept. */
  private JobLog read(Job job) {
    Optional<JobLog> kept = job.leftClusterAt().flatMap(_ -> outputs.keptLog(job, job.attempt()));
    return kept.or(
            () -> job.session().isPresent() ? cluster.log(job.submissionId()) : Optional.empty())
        .orElse(NOTHING);
  }

  private Job find(JobId jobId, String id) {
    return jobs.find(jobId).orElseThrow(() -> JobController.notFound(id));
  }
}
