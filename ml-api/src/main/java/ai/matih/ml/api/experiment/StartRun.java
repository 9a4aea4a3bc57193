package ai.matih.ml.api.experiment;

import ai.matih.ml.common.http.EngineFailure;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts a run once, however often it is asked. The tracker makes a new run at every call, so a
 * repeat, and every unclear outcome, looks for the request's fingerprint first.
 */
public final class StartRun {

  private final ExperimentTracker tracker;
  private final LogMeasurements log;

  public StartRun(ExperimentTracker tracker, LogMeasurements log) {
    this.tracker = tracker;
    this.log = log;
  }

  /**
   * What to start.
   *
   * @param mayBeRepeat whether this request may have run before (it named an idempotency key)
   */
  public record Wanted(
      ExperimentId experiment,
      Optional<String> name,
      Map<String, String> tags,
      Map<String, String> params,
      String request,
      boolean mayBeRepeat,
      String creator,
      Instant now) {
    public Wanted {
      tags = Map.copyOf(tags);
      params = Map.copyOf(params);
    }
  }

  public Run start(Wanted wanted) {
    Optional<Run> before = wanted.mayBeRepeat() ? made(wanted) : Optional.empty();
    Run run = before.orElseGet(() -> create(wanted));
    if (wanted.params().isEmpty()) {
      return run;
    }
    log.log(run.id(), new Measurements(wanted.params(), Map.of(), List.of()));
    return tracker.run(run.id()).orElse(run);
  }

  private Run create(Wanted wanted) {
    Map<String, String> tags = new LinkedHashMap<>(wanted.tags());
    tags.put(Tags.REQUEST, wanted.request());
    tags.put(Tags.CREATED_BY, wanted.creator());
    tags.putIfAbsent("mlflow.user", wanted.creator());
    try {
      return tracker.createRun(
          wanted.experiment(), wanted.name(), wanted.creator(), wanted.now(), tags);
    } catch (EngineFailure.OutcomeUnknown unknown) {
      return made(wanted).orElseThrow(() -> unknown);
    }
  }

  private Optional<Run> made(Wanted wanted) {
    return tracker
        .runs(
            new ExperimentTracker.RunQuery(
                List.of(wanted.experiment()),
                Optional.of("tags.`" + Tags.REQUEST + "` = '" + wanted.request() + "'"),
                List.of(),
                LifecycleStage.ACTIVE,
                1,
                Optional.empty()))
        .items()
        .stream()
        .findFirst();
  }
}
