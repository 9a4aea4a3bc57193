package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.engine.Hosting;
import java.util.Optional;

/**
 * What a request says about the copies of a model. What it leaves out stays as the deployment has
 * it.
 */
public record HostingChange(Optional<Replicas> replicas, Optional<Resources> resources) {

  /** Leaves everything as it is. */
  public static final HostingChange NONE = new HostingChange(Optional.empty(), Optional.empty());

  /**
   * How many copies there are.
   *
   * @param targetOngoingRequests empty for the engine's own number
   */
  public record Replicas(int min, int max, Optional<Integer> targetOngoingRequests) {}

  /**
   * What one copy reserves.
   *
   * @param cpus empty for the engine's own number
   * @param memoryBytes empty for none in particular
   */
  public record Resources(Optional<Double> cpus, double gpus, Optional<Long> memoryBytes) {}

  public boolean isNone() {
    return replicas.isEmpty() && resources.isEmpty();
  }

  Hosting applyTo(Hosting known) {
    Replicas copies =
        replicas.orElseGet(
            () ->
                new Replicas(
                    known.minReplicas(), known.maxReplicas(), known.targetOngoingRequests()));
    Resources each =
        resources.orElseGet(() -> new Resources(known.cpus(), known.gpus(), known.memoryBytes()));
    return new Hosting(
        copies.min(),
        copies.max(),
        copies.targetOngoingRequests(),
        each.cpus(),
        each.gpus(),
        each.memoryBytes());
  }
}
