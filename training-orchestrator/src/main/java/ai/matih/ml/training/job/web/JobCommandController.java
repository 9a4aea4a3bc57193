package ai.matih.ml.training.job.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.job.AcceptJob;
import ai.matih.ml.training.job.CancelJob;
import ai.matih.ml.training.job.IllegalJobMove;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobId;
import ai.matih.ml.training.job.JobRequest;
import ai.matih.ml.training.job.RetryJob;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What callers may do with training jobs: submit, cancel, retry, reproduce. */
@RestController
@RequestMapping("/api/v1/ml/training")
@Tag(name = "training")
class JobCommandController {

  private final AcceptJob accept;
  private final CancelJob cancel;
  private final RetryJob retry;
  private final Clock clock;

  JobCommandController(AcceptJob accept, CancelJob cancel, RetryJob retry, Clock clock) {
    this.accept = accept;
    this.cancel = cancel;
    this.retry = retry;
    this.clock = clock;
  }

  @PostMapping("/submit")
  @Allow(Permission.TRAINING_SUBMIT)
  @Idempotent(outside = true)
  @Operation(
      summary = "Submit a training job",
      description = "Answers as soon as the job is stored; follow it at its Location.")
  @ApiResponse(responseCode = "202", description = "The job is taken")
  ResponseEntity<JobView> submit(
      @RequestBody JobRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key,
      Caller caller) {
    return accepted(accept.accept(caller, request, key));
  }

  @PostMapping("/jobs/{id}/cancel")
  @Allow(Permission.TRAINING_SUBMIT)
  @Idempotent
  @Operation(summary = "End a job; repeatable")
  @ApiResponse(responseCode = "202", description = "The end is wanted; it comes soon")
  ResponseEntity<JobView> cancel(@PathVariable("id") String id, Caller caller) {
    return moved(id, job -> cancel.cancel(caller, job));
  }

  @PostMapping("/jobs/{id}/retry")
  @Allow(Permission.TRAINING_SUBMIT)
  @Idempotent
  @Operation(
      summary = "Try a failed or cancelled job again, with a new attempt and a new run",
      description =
          "A job that failed with registration_refused is not trained again: the registry is asked"
              + " once more for a version of its model.")
  @ApiResponse(responseCode = "202", description = "A new attempt begins")
  ResponseEntity<JobView> retry(@PathVariable("id") String id) {
    return moved(id, retry::retry);
  }

  @PostMapping("/jobs/{id}/reproduce")
  @Allow(Permission.TRAINING_SUBMIT)
  @Idempotent(outside = true)
  @Operation(
      summary = "Train once more what a job has trained, and compare",
      description =
          "A new job on the same files with the same settings, which makes no version. When it has"
              + " succeeded, its reproduction says of each metric whether it is equal, or by how"
              + " much it is not.")
  @ApiResponse(responseCode = "202", description = "The new job is taken")
  ResponseEntity<JobView> reproduce(
      @PathVariable("id") String id,
      @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key,
      Caller caller) {
    return accepted(
        accept
            .reproduce(caller, JobController.jobId(id), key)
            .orElseThrow(() -> JobController.notFound(id)));
  }

  private ResponseEntity<JobView> moved(String id, Function<JobId, Optional<Job>> move) {
    try {
      return accepted(
          move.apply(JobController.jobId(id)).orElseThrow(() -> JobController.notFound(id)));
    } catch (IllegalJobMove e) {
      throw new Problem(
              TrainingError.ILLEGAL_JOB_MOVE,
              "The job is %s: %s.".formatted(e.from().wire(), e.reason()))
          .with("status", e.from().wire());
    }
  }

  private ResponseEntity<JobView> accepted(Job job) {
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/ml/training/jobs/" + job.id()))
        .body(JobView.whole(job, clock.instant()));
  }
}
