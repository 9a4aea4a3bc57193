package ai.matih.ml.serving.sketch;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.observation.FailedPrediction;
import ai.matih.ml.serving.observation.LoadedModels;
import ai.matih.ml.serving.observation.PredictionObserver;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts every prediction into the sketch of its arm, on the caller's thread. */
public final class SketchObserver implements PredictionObserver, LoadedModels {

  /** Shares of a deployment's traffic are renamed now and then; more names are not counted. */
  private static final int MAX_ARMS = 32;

  private final Map<String, Loaded> byDeployment = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Loaded> ended = new ConcurrentLinkedQueue<>();
  private final LongAdder dropped = new LongAdder();

  private record Loaded(
      String digest, Signature signature, Reference reference, Map<String, Counting> arms) {}

  private record Counting(Arm arm, Sketch sketch) {}

  @Override
  public String name() {
    return "sketches";
  }

  @Override
  public void loaded(String deploymentId, Bundle bundle) {
    byDeployment.put(
        deploymentId,
        new Loaded(
            bundle.digest().value(),
            bundle.signature(),
            ReferenceCells.of(bundle.signature(), bundle.profile()),
            new ConcurrentHashMap<>()));
  }

  @Override
  public void answered(AnsweredPrediction prediction) {
    Sketch sketch = sketch(prediction.tenant().slug(), prediction.model(), prediction.target());
    if (sketch != null) {
      sketch.answered(prediction.batch(), prediction.scores(), prediction.latency());
    }
  }

  @Override
  public void failed(FailedPrediction prediction) {
    @Nullable ChosenTarget target = prediction.target();
    Sketch sketch =
        target == null ? null : sketch(prediction.tenant().slug(), prediction.model(), target);
    if (sketch != null) {
      sketch.failed(prediction.isOurs());
    }
  }

  private @Nullable Sketch sketch(
      String tenant, ai.matih.ml.serving.ModelId model, ChosenTarget target) {
    Loaded loaded = byDeployment.get(target.deploymentId());
    if (loaded == null) {
      return null;
    }
    Counting known = loaded.arms().get(target.variant());
    if (known != null) {
      return known.sketch();
    }
    if (loaded.arms().size() >= MAX_ARMS) {
      dropped.increment();
      return null;
    }
    return Objects.requireNonNull(
            loaded
                .arms()
                .computeIfAbsent(
                    target.variant(),
                    variant ->
                        new Counting(
                            new Arm(tenant, model, target.version(), loaded.digest(), variant),
                            new Sketch(loaded.reference(), loaded.signature(), dropped))))
        .sketch();
  }

  @Override
  public long dropped() {
    return dropped.sum();
  }

  @Override
  public void keepOnly(Collection<String> deploymentIds) {
    byDeployment
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !deploymentIds.contains(entry.getKey());
              if (gone) {
                ended.add(entry.getValue());
              }
              return gone;
            });
  }

  /** Takes out what was counted since the last time, of those on which something was. */
  List<CountedArm> takeOut() {
    List<CountedArm> counted = new ArrayList<>();
    for (Loaded gone = ended.poll(); gone != null; gone = ended.poll()) {
      takeOut(gone, counted);
    }
    byDeployment.values().forEach(loaded -> takeOut(loaded, counted));
    return counted;
  }

  private static void takeOut(Loaded loaded, List<CountedArm> counted) {
    for (Counting counting : loaded.arms().values()) {
      Tally tally = counting.sketch().takeOut();
      if (!tally.isEmpty()) {
        counted.add(new CountedArm(counting.arm(), loaded.reference(), tally));
      }
    }
  }
}
