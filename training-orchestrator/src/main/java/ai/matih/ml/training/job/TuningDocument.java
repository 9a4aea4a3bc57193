package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The block {@code tuning} of {@link TrainingDocument}. */
final class TuningDocument {

  private TuningDocument() {}

  static Map<String, Object> of(Tuning tuning, S3Uri sweep) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("search", tuning.search().wire());
    document.put("metric", tuning.metric().wire());
    document.put("max_trials", tuning.maxTrials());
    document.put("max_concurrent_trials", tuning.maxConcurrentTrials());
    document.put("seed", tuning.seed());
    tuning.scheduler().ifPresent(scheduler -> document.put("scheduler", scheduler(scheduler)));
    document.put("budget", budget(tuning.budget()));
    tuning.folds().ifPresent(folds -> document.put("folds", folds));
    Map<String, Object> space = new TreeMap<>();
    tuning
        .parameterSpace()
        .forEach((name, distribution) -> space.put(name, distribution(distribution)));
    document.put("parameter_space", space);
    document.put("uri", sweep.toString());
    return document;
  }

  private static Map<String, Object> scheduler(Tuning.Scheduler scheduler) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", scheduler.type());
    document.put("grace_period", scheduler.gracePeriod());
    scheduler.reductionFactor().ifPresent(factor -> document.put("reduction_factor", factor));
    scheduler.minSamples().ifPresent(samples -> document.put("min_samples", samples));
    return document;
  }

  private static Map<String, Object> budget(Tuning.Budget budget) {
    Map<String, Object> document = new LinkedHashMap<>();
    budget.wallTime().map(Duration::toSeconds).ifPresent(s -> document.put("wall_seconds", s));
    budget.cpuSeconds().ifPresent(seconds -> document.put("cpu_seconds", seconds));
    budget.gpuSeconds().ifPresent(seconds -> document.put("gpu_seconds", seconds));
    return document;
  }

  private static Map<String, Object> distribution(Tuning.Distribution distribution) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", distribution.type());
    distribution.values().ifPresent(values -> document.put("values", values));
    distribution.lower().ifPresent(lower -> document.put("lower", lower));
    distribution.upper().ifPresent(upper -> document.put("upper", upper));
    distribution.q().ifPresent(q -> document.put("q", q));
    return document;
  }
}
