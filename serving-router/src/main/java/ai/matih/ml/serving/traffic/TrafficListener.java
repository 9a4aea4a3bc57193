package ai.matih.ml.serving.traffic;

/** Hears of every revision, within the transaction that publishes it and under the model's lock. */
public interface TrafficListener {

  void published(TrafficDocument before, TrafficDocument after);
}
