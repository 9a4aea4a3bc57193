package ai.matih.ml.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures targets side by side. */
public final class Rounds {

  private Rounds() {}

  /** How one target is measured once. */
  @FunctionalInterface
  public interface Round {
    Measurement measure(Target target) throws InterruptedException;
  }

  /**
   * Measures each target in each round. A round begins with another target each time, so that none
   * always profits from its place.
   *
   * @return the measurements by the target's name, targets in the order given
   */
  public static Map<String, List<Measurement>> inTurns(
      List<Target> targets, int rounds, Round round) throws InterruptedException {
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    targets.forEach(target -> measured.put(target.name(), new ArrayList<>()));
    for (int turn = 0; turn < rounds; turn++) {
      for (int i = 0; i < targets.size(); i++) {
        Target target = targets.get((turn + i) % targets.size());
        measured.computeIfAbsent(target.name(), _ -> new ArrayList<>()).add(round.measure(target));
      }
    }
    return measured;
  }
}
