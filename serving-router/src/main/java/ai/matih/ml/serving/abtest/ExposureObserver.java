package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.observation.BoundedQueue;
import ai.matih.ml.serving.observation.PredictionObserver;
import ai.matih.ml.serving.traffic.TestArm;
import org.jspecify.annotations.Nullable;

/** Notes who was shown which arm. Only an answered unit was exposed; a pinned call has no arm. */
public final class ExposureObserver implements PredictionObserver {

  private final BoundedQueue<Exposure> queue;

  public ExposureObserver(BoundedQueue<Exposure> queue) {
    this.queue = queue;
  }

  @Override
  public String name() {
    return "exposures";
  }

  @Override
  public void answered(AnsweredPrediction prediction) {
    @Nullable TestArm arm = prediction.target().arm();
    if (arm != null) {
      queue.add(
          new Exposure(
              prediction.tenant(),
              arm,
              prediction.target().unit(),
              prediction.unitGiven() ? prediction.requestId() : null,
              prediction.atMillis()));
    }
  }

  @Override
  public long dropped() {
    return queue.dropped();
  }
}
