package ai.matih.ml.api.experiment;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import java.util.List;

/**
 * Writes measurements of any size, in parts that the tracker takes. When a part fails, the refusal
 * says how much is stored; what is stored stays.
 */
public final class LogMeasurements {

  private final ExperimentTracker tracker;

  public LogMeasurements(ExperimentTracker tracker) {
    this.tracker = tracker;
  }

  public Measurements.Counts log(RunId run, Measurements all) {
    Measurements.Counts stored = new Measurements.Counts(0, 0, 0);
    List<Measurements> batches = BatchLimits.MLFLOW.split(all);
    for (Measurements batch : batches) {
      try {
        tracker.log(run, batch);
      } catch (ExperimentTracker.ParamIsFinal e) {
        throw withCounts(
            new Problem(
                ApiError.PARAM_IS_FINAL,
                "A parameter of the request was logged before with another value."),
            stored);
      } catch (Problem refused) {
        throw batches.size() == 1 ? refused : withCounts(refused, stored);
      } catch (EngineFailure failure) {
        if (batches.size() == 1) {
          throw failure;
        }
        throw withCounts(
            new Problem(
                    ApiError.LOG_PARTLY_STORED,
                    "mlflow failed after a part was stored; send what is missing again.")
                .with("engine", failure.engine()),
            stored);
      }
      stored = stored.plus(batch);
    }
    return stored;
  }

  private static Problem withCounts(Problem problem, Measurements.Counts stored) {
    return problem
        .with("stored_params", stored.params())
        .with("stored_tags", stored.tags())
        .with("stored_metrics", stored.metrics());
  }
}
