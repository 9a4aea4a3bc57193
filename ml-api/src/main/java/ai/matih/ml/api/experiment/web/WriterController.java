package ai.matih.ml.api.experiment.web;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.RunWriters;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Map;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "internal", description = "Between the suite's services.")
class WriterController {

  private final ExperimentTracker tracker;
  private final RunWriters writers;
  private final Trail trail;

  WriterController(ExperimentTracker tracker, RunWriters writers, Trail trail) {
    this.tracker = tracker;
    this.writers = writers;
    this.trail = trail;
  }

  /** The attempt that may write to the run from now on. */
  record WriterBody(
      @NotNull @Pattern(regexp = "[A-Za-z0-9_-]{1,64}") String jobId,
      @NotNull @Min(0) Integer attempt) {}

  @PutMapping("/api/v1/ml/experiments/runs/{run_id}/writer")
  @Allow(Permission.INTERNAL_CALL)
  @Operation(
      summary = "Name the job attempt that writes to a run",
      description =
          "Earlier attempts are refused from now on. Repeatable; an earlier attempt than today's gets 409.")
  WriterBody announce(@PathVariable("run_id") String runId, @Valid @RequestBody WriterBody wanted) {
    Run run =
        RunId.parse(runId)
            .flatMap(tracker::run)
            .orElseThrow(() -> new Problem(ApiError.RUN_NOT_FOUND, "There is no such run."));
    RunWriters.Writer writer = new RunWriters.Writer(wanted.jobId(), wanted.attempt());
    RunWriters.Writer holder = writers.announce(run.id(), writer);
    if (!holder.equals(writer)) {
      throw new Problem(
              ApiError.STALE_WRITER,
              "Attempt " + holder.attempt() + " of job " + holder.jobId() + " writes to this run.")
          .with("job_id", holder.jobId())
          .with("attempt", holder.attempt());
    }
    trail.done(
        "run.writer",
        "runs/" + run.id(),
        Map.of("job_id", wanted.jobId(), "attempt", wanted.attempt()));
    return wanted;
  }
}
