package ai.matih.ml.benchmarks.cost;

import ai.matih.ml.benchmarks.load.Target;
import java.util.List;

/**
 * A server with what it is asked.
 *
 * @param processes whose processor time counts, with that of their descendants
 */
public record Peer(Target target, List<Long> processes) {

  public Peer {
    processes = List.copyOf(processes);
  }

  public String name() {
    return target.name();
  }
}
