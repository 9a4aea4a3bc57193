package ai.matih.ml.serving.engine;

import java.util.Optional;

/**
 * How an engine that starts copies of a model of its own is to run them; the copies share the
 * model's calls.
 *
 * @param minReplicas how many copies there always are, at least 1
 * @param maxReplicas how many there are under load
 * @param targetOngoingRequests how many calls a copy has at once before another one is started;
 *     empty for the engine's own number
 * @param cpus that one copy reserves; empty for the engine's own number
 * @param gpus that one copy reserves
 * @param memoryBytes that one copy reserves; empty for none in particular
 */
public record Hosting(
    int minReplicas,
    int maxReplicas,
    Optional<Integer> targetOngoingRequests,
    Optional<Double> cpus,
    double gpus,
    Optional<Long> memoryBytes) {

  /** One copy, as the engine likes it. */
  public static final Hosting DEFAULT =
      new Hosting(1, 1, Optional.empty(), Optional.empty(), 0, Optional.empty());

  public Hosting {
    if (minReplicas < 1 || maxReplicas < minReplicas) {
      throw new IllegalArgumentException(
          "from %d to %d copies".formatted(minReplicas, maxReplicas));
    }
  }
}
