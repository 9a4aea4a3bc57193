package ai.matih.ml.training.cluster;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the cluster has, whether it is in use or not. */
public record Capacity(List<Node> nodes) {

  public Capacity {
    nodes = List.copyOf(nodes);
  }

  /**
   * One machine of the cluster.
   *
   * @param accelerators GPUs by type, where the cluster knows the type
   */
  public record Node(double cpus, double gpus, long memoryBytes, Map<String, Double> accelerators) {
    public Node {
      accelerators = Map.copyOf(accelerators);
    }
  }

  public double cpus() {
    return nodes.stream().mapToDouble(Node::cpus).sum();
  }

  public double gpus() {
    return nodes.stream().mapToDouble(Node::gpus).sum();
  }

  public long memoryBytes() {
    return nodes.stream().mapToLong(Node::memoryBytes).sum();
  }

  public Map<String, Double> accelerators() {
    Map<String, Double> all = new TreeMap<>();
    nodes.forEach(
        node -> node.accelerators().forEach((type, n) -> all.merge(type, n, Double::sum)));
    return all;
  }

  /** How many workers of one size the empty cluster could hold at once; a worker needs one node. */
  public int holds(double cpusPerWorker, double gpusPerWorker, long memoryBytesPerWorker) {
    double workers =
        nodes.stream()
            .mapToDouble(
                node ->
                    Math.min(
                        fits(node.cpus(), cpusPerWorker),
                        Math.min(
                            fits(node.gpus(), gpusPerWorker),
                            fits((double) node.memoryBytes(), (double) memoryBytesPerWorker))))
            .sum();
    return (int) Math.min(workers, Integer.MAX_VALUE);
  }

  private static double fits(double has, double each) {
    // A little slack: 0.1 goes ten times into 1.
    return each <= 0 ? Integer.MAX_VALUE : Math.floor(has / each + 1e-9);
  }
}
