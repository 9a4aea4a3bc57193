package ai.matih.ml.training.job.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.job.AcceptPreparation;
import ai.matih.ml.training.job.ExamineVersion;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobOutputs;
import ai.matih.ml.training.job.Jobs;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Work that the registry asks for; followed like any other job. */
@RestController
@RequestMapping("/api/v1/ml/training")
@Tag(name = "training")
class ExaminationController {

  private final ExamineVersion examine;
  private final AcceptPreparation prepare;
  private final Jobs jobs;
  private final JobOutputs outputs;
  private final Clock clock;

  ExaminationController(
      ExamineVersion examine,
      AcceptPreparation prepare,
      Jobs jobs,
      JobOutputs outputs,
      Clock clock) {
    this.examine = examine;
    this.prepare = prepare;
    this.jobs = jobs;
    this.outputs = outputs;
    this.clock = clock;
  }

  @PostMapping("/evaluations")
  @Allow(Permission.INTERNAL_CALL)
  @Idempotent
  @Operation(summary = "Measure a version on a data set; for the registry")
  @ApiResponse(responseCode = "202", description = "The job is taken")
  ResponseEntity<JobView> evaluate(
      @RequestBody ExamineVersion.EvaluationRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key,
      Caller caller) {
    return accepted(examine.evaluate(caller, request, key));
  }

  @PostMapping("/tests")
  @Allow(Permission.INTERNAL_CALL)
  @Idempotent
  @Operation(summary = "Run a package of tests beside a version's files; for the registry")
  @ApiResponse(responseCode = "202", description = "The job is taken")
  ResponseEntity<JobView> test(
      @RequestBody ExamineVersion.TestsRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key,
      Caller caller) {
    return accepted(examine.test(caller, request, key));
  }

  @PostMapping("/preparations")
  @Allow(Permission.INTERNAL_CALL)
  @Idempotent
  @Operation(summary = "Make a version of a model that was logged with MLflow; for the registry")
  @ApiResponse(responseCode = "202", description = "The job is taken, or was before")
  ResponseEntity<JobView> prepare(@RequestBody AcceptPreparation.Request request, Caller caller) {
    return accepted(prepare.accept(caller, request));
  }

  private ResponseEntity<JobView> accepted(Job job) {
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/ml/training/jobs/" + job.id()))
        .body(JobView.whole(job, clock.instant()));
  }

  @GetMapping("/jobs/{id}/report")
  @Allow(Permission.TRAINING_READ)
  @Operation(summary = "The JUnit report that a run of tests left, as its code wrote it")
  @ApiResponse(
      responseCode = "200",
      description = "JUnit XML",
      content = @Content(mediaType = "text/plain", schema = @Schema(type = "string")))
  ResponseEntity<String> report(@PathVariable("id") String id) {
    Job job = jobs.find(JobController.jobId(id)).orElseThrow(() -> JobController.notFound(id));
    byte[] report =
        outputs
            .report(job)
            .orElseThrow(
                () ->
                    new Problem(TrainingError.REPORT_NOT_FOUND, "The job left no report of tests.")
                        .with("job_id", job.id()));
    // Somebody's own code wrote it: no browser is to take it for a page.
    return ResponseEntity.ok()
        .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
        .header("X-Content-Type-Options", "nosniff")
        .body(new String(report, StandardCharsets.UTF_8));
  }
}
