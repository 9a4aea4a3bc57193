package ai.matih.ml.serving.prediction.metrics;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.observation.FailedPrediction;
import ai.matih.ml.serving.observation.PredictionObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One timer per version and variant, found again without asking the registry. */
public final class MicrometerPredictions implements PredictionObserver {

  private static final int MAX_TARGETS = 500;

  private record Target(Tenant tenant, ModelId model, long version, String variant) {}

  private final MeterRegistry registry;
  private final Map<Target, Timer> timers = new ConcurrentHashMap<>();
  private final Timer others;

  public MicrometerPredictions(MeterRegistry registry) {
    this.registry = registry;
    this.others = timer("other", "other", "0", "other");
  }

  @Override
  public String name() {
    return "meters";
  }

  @Override
  public void answered(AnsweredPrediction prediction) {
    Target target =
        new Target(
            prediction.tenant(),
            prediction.model(),
            prediction.target().version(),
            prediction.target().variant());
    Timer timer = timers.get(target);
    if (timer == null) {
      timer = timers.size() < MAX_TARGETS ? timers.computeIfAbsent(target, this::timer) : others;
    }
    timer.record(prediction.latency());
  }

  private Timer timer(Target target) {
    return timer(
        target.tenant().slug(),
        target.model().value(),
        Long.toString(target.version()),
        target.variant());
  }

  private Timer timer(String tenant, String model, String version, String variant) {
    return Timer.builder("serving.predictions")
        .description("Predictions answered, from the parsed request to the scores")
        .tags("tenant", tenant, "model", model, "version", version, "variant", variant)
        .publishPercentileHistogram(false)
        .register(registry);
  }

  @Override
  public void failed(FailedPrediction prediction) {
    Counter.builder("serving.predictions.refused")
        .description("Predictions refused, by the code of the problem")
        .tag("code", prediction.problem().error().code())
        .register(registry)
        .increment();
  }
}
