package ai.matih.ml.benchmarks.cost;

import ai.matih.ml.benchmarks.load.Load;
import ai.matih.ml.benchmarks.load.Measurement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One round of load on a peer.
 *
 * @param cpuMicros processor time of the peer's processes per request
 */
public record Cost(Measurement load, double cpuMicros) {

  /** Keeps a peer busy for a while. */
  public static Cost of(Peer peer, int connections, Duration time)
      throws IOException, InterruptedException {
    double before = used(peer);
    Measurement load = Load.on(peer.target(), connections, time);
    return new Cost(load, (used(peer) - before) / load.requests());
  }

  /**
   * The median cost of each peer over several rounds, after a warm-up of each. A round begins with
   * another peer each time, so that none always profits from its place.
   */
  public static Map<String, Cost> compare(
      List<Peer> peers, int connections, int rounds, Duration round, Duration warmUp)
      throws IOException, InterruptedException {
    for (Peer peer : peers) {
      Load.on(peer.target(), connections, warmUp);
    }
    Map<String, List<Cost>> measured = new LinkedHashMap<>();
    peers.forEach(peer -> measured.put(peer.name(), new ArrayList<>()));
    for (int turn = 0; turn < rounds; turn++) {
      for (int i = 0; i < peers.size(); i++) {
        Peer peer = peers.get((turn + i) % peers.size());
        measured
            .computeIfAbsent(peer.name(), _ -> new ArrayList<>())
            .add(of(peer, connections, round));
      }
    }
    Map<String, Cost> medians = new LinkedHashMap<>();
    measured.forEach((name, costs) -> medians.put(name, median(costs)));
    return medians;
  }

  static Cost median(List<Cost> rounds) {
    return new Cost(
        Measurement.median(rounds.stream().map(Cost::load).toList()),
        Measurement.median(rounds.stream().mapToDouble(Cost::cpuMicros).toArray()));
  }

  private static double used(Peer peer) throws IOException {
    double micros = 0;
    for (long process : peer.processes()) {
      micros += ProcessorTime.ofTree(process);
    }
    return micros;
  }
}
