package ai.matih.ml.serving.observation;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All observers as one. An observer that throws costs nobody an answer: its observation counts as
 * dropped.
 */
public final class PredictionObservers {

  private static final Logger log = LoggerFactory.getLogger(PredictionObservers.class);

  private final List<PredictionObserver> observers;
  private final Map<String, LongAdder> broken = new LinkedHashMap<>();

  public PredictionObservers(List<PredictionObserver> observers) {
    this.observers = List.copyOf(observers);
    for (PredictionObserver observer : observers) {
      if (broken.put(observer.name(), new LongAdder()) != null) {
        throw new IllegalArgumentException("two observers are named " + observer.name());
      }
    }
  }

  public void answered(AnsweredPrediction prediction) {
    tell(observer -> observer.answered(prediction));
  }

  public void failed(FailedPrediction prediction) {
    tell(observer -> observer.failed(prediction));
  }

  /** Every deployment but these has ended on this router. */
  public void keepOnly(Collection<String> deploymentIds) {
    tell(observer -> observer.keepOnly(deploymentIds));
  }

  private void tell(Consumer<PredictionObserver> news) {
    for (int i = 0; i < observers.size(); i++) {
      PredictionObserver observer = observers.get(i);
      try {
        news.accept(observer);
      } catch (RuntimeException e) {
        broke(observer, e);
      }
    }
  }

  private void broke(PredictionObserver observer, RuntimeException e) {
    LongAdder count = broken.get(observer.name());
    if (count != null) {
      if (count.sum() == 0) {
        log.warn("the observer {} failed; from now on this is only counted", observer.name(), e);
      }
      count.increment();
    }
  }

  /** How many observations were dropped since the start, by observer. */
  public Map<String, Long> dropped() {
    Map<String, Long> dropped = new LinkedHashMap<>();
    for (PredictionObserver observer : observers) {
      LongAdder failures = broken.get(observer.name());
      dropped.put(observer.name(), observer.dropped() + (failures == null ? 0 : failures.sum()));
    }
    return dropped;
  }
}
