package ai.matih.ml.api.experiment;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ends, renames or tags a run. The end of a run is final; the same end again changes nothing. */
public final class FinishRun {

  private final ExperimentTracker tracker;
  private final LogMeasurements log;

  public FinishRun(ExperimentTracker tracker, LogMeasurements log) {
    this.tracker = tracker;
    this.log = log;
  }

  public Run change(
      Run run,
      Optional<RunStatus> status,
      Optional<String> name,
      Map<String, String> tags,
      Instant now) {
    boolean ends = status.isPresent() && !run.status().hasEnded();
    if (status.isPresent() && !ends && run.status() != status.get()) {
      throw new Problem(
              ApiError.RUN_FINISHED,
              "The run has ended as "
                  + run.status().name().toLowerCase(java.util.Locale.ROOT)
                  + ".")
          .with("run_id", run.id().value());
    }
    if (!tags.isEmpty()) {
      log.log(run.id(), new Measurements(Map.of(), tags, List.of()));
    }
    if (ends || name.isPresent()) {
      tracker.updateRun(
          run.id(),
          ends ? status : Optional.empty(),
          ends ? Optional.of(now) : Optional.empty(),
          name);
    }
    return tracker.run(run.id()).orElse(run);
  }
}
