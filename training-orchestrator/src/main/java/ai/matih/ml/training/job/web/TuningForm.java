package ai.matih.ml.training.job.web;

import ai.matih.ml.training.job.JobRequest;
import ai.matih.ml.training.job.Tuning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A search as it is asked for, with every default filled in: callers write and read one form. */
final class TuningForm {

  private TuningForm() {}

  static JobRequest.Tuning of(Tuning tuning) {
    Map<String, JobRequest.@Nullable Distribution> space = new LinkedHashMap<>();
    tuning
        .parameterSpace()
        .forEach(
            (name, from) ->
                space.put(
                    name,
                    new JobRequest.Distribution(
                        Optional.of(from.type()),
                        from.values().map(ArrayList::new),
                        from.lower(),
                        from.upper(),
                        from.q())));
    return new JobRequest.Tuning(
        Optional.of(tuning.search().wire()),
        Optional.of(tuning.metric().wire()),
        Optional.of(tuning.metric().mode()),
        Optional.of(tuning.maxTrials()),
        Optional.of(tuning.maxConcurrentTrials()),
        Optional.of(tuning.seed()),
        tuning
            .scheduler()
            .map(
                scheduler ->
                    new JobRequest.Scheduler(
                        Optional.of(scheduler.type()),
                        Optional.of(scheduler.gracePeriod()),
                        scheduler.reductionFactor(),
                        scheduler.minSamples())),
        Optional.of(budget(tuning.budget())),
        tuning.folds().map(folds -> new JobRequest.Validation(Optional.of(folds))),
        Optional.of(space));
  }

  static JobRequest.Budget budget(Tuning.Budget budget) {
    return new JobRequest.Budget(
        budget.wallTime().map(Object::toString), budget.cpuSeconds(), budget.gpuSeconds());
  }
}
