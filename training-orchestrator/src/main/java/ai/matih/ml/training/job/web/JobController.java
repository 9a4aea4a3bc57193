package ai.matih.ml.training.job.web;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobId;
import ai.matih.ml.training.job.JobOutputs;
import ai.matih.ml.training.job.JobStatus;
import ai.matih.ml.training.job.Jobs;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Jobs as callers read them. */
@RestController
@RequestMapping("/api/v1/ml/training")
@Tag(name = "training")
class JobController {

  private static final String PARQUET = "application/vnd.apache.parquet";

  private final Jobs jobs;
  private final JobOutputs outputs;
  private final EventStreams streams;
  private final Clock clock;

  JobController(Jobs jobs, JobOutputs outputs, EventStreams streams, Clock clock) {
    this.jobs = jobs;
    this.outputs = outputs;
    this.streams = streams;
    this.clock = clock;
  }

  @GetMapping("/jobs")
  @Allow(Permission.TRAINING_READ)
  @Operation(summary = "Jobs, newest first")
  Page<JobView> list(
      @RequestParam(name = "status", required = false) Optional<String> status,
      @RequestParam(name = "name", required = false) Optional<String> name,
      PageRequest page) {
    return jobs.list(status.map(JobController::status), name, page)
        .map(job -> JobView.inList(job, clock.instant()));
  }

  private static JobStatus status(String wire) {
    try {
      return JobStatus.ofWire(wire);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(
          "status",
          "must be one of "
              + String.join(", ", Arrays.stream(JobStatus.values()).map(JobStatus::wire).toList()));
    }
  }

  @GetMapping("/jobs/{id}")
  @Allow(Permission.TRAINING_READ)
  @Operation(summary = "One job, with everything that is known of it")
  JobView get(@PathVariable("id") String id) {
    return view(find(id));
  }

  @GetMapping("/jobs/{id}/events")
  @Allow(Permission.TRAINING_READ)
  @Operation(summary = "The job at each change, as server-sent events, until it has ended")
  @ApiResponse(
      responseCode = "200",
      description = "Events named job; the data is a job",
      content = @Content(mediaType = "text/event-stream"))
  void events(@PathVariable("id") String id, HttpServletResponse response) {
    JobId job = find(id).id();
    AtomicLong sent = new AtomicLong(-1);
    streams.stream(
        response,
        Duration.ofSeconds(10),
        sink -> {
          Optional<Jobs.Revised> latest = jobs.findRevised(job);
          if (latest.isEmpty()) {
            return false;
          }
          if (sent.getAndSet(latest.get().revision()) != latest.get().revision()) {
            sink.event("job", view(latest.get().job()));
          }
          return !latest.get().job().status().isTerminal();
        });
  }

  /** Saved states of training, by attempt. */
  record SavedStates(List<JobOutputs.Checkpoint> items) {}

  @GetMapping("/jobs/{id}/checkpoints")
  @Allow(Permission.TRAINING_READ)
  @Operation(summary = "Saved states of training")
  SavedStates checkpoints(@PathVariable("id") String id) {
    return new SavedStates(outputs.checkpoints(find(id)));
  }

  @GetMapping("/jobs/{id}/split")
  @Allow(Permission.TRAINING_READ)
  @Operation(
      summary = "Which rows the model learned from, and which were held out",
      description =
          "A Parquet file with a line per row of the data set or the entity source: row, its number"
              + " from 0, and part: train, held_out or without_target. The job's metrics are those"
              + " of the held-out rows.")
  @ApiResponse(
      responseCode = "200",
      description = "Parquet",
      content = @Content(mediaType = PARQUET, schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<Resource> split(@PathVariable("id") String id) {
    Job job = find(id);
    InputStream split =
        outputs
            .split(job)
            .orElseThrow(
                () ->
                    new Problem(
                            TrainingError.SPLIT_NOT_FOUND,
                            "Only a job that has trained a model has a split.")
                        .with("job_id", job.id()));
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType(PARQUET))
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            "attachment; filename=\"%s-split.parquet\"".formatted(job.id()))
        .body(new InputStreamResource(split));
  }

  private JobView view(Job job) {
    return JobView.whole(job, clock.instant());
  }

  private Job find(String id) {
    return jobs.find(jobId(id)).orElseThrow(() -> notFound(id));
  }

  static JobId jobId(String id) {
    return JobId.parse(id).orElseThrow(() -> notFound(id));
  }

  static Problem notFound(String id) {
    return new Problem(TrainingError.JOB_NOT_FOUND, "There is no training job " + shown(id) + ".")
        .with("job_id", shown(id));
  }

  private static String shown(String id) {
    String plain = id.replaceAll("\\p{Cntrl}", "");
    return plain.substring(0, Math.min(plain.length(), 64));
  }
}
