package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.KubeRaySettings;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1NodeCondition;
import io.kubernetes.client.openapi.models.V1NodeSpec;
import io.kubernetes.client.openapi.models.V1Taint;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What jobs can use of the nodes. */
final class NodeCapacity {

  private static final String GPU = "nvidia.com/gpu";
  private static final String GPU_TYPE = "nvidia.com/gpu.product";

  private NodeCapacity() {}

  static Capacity of(List<V1Node> nodes, KubeRaySettings settings) {
    return new Capacity(
        nodes.stream().filter(node -> isUsable(node, settings)).map(NodeCapacity::node).toList());
  }

  static Capacity of(List<KubeRaySettings.PoolSettings> pools) {
    return new Capacity(
        pools.stream()
            .flatMap(
                pool ->
                    IntStream.range(0, pool.nodes())
                        .mapToObj(
                            _ ->
                                new Capacity.Node(
                                    pool.cpus(),
                                    pool.gpus(),
                                    pool.memory().toBytes(),
                                    pool.accelerator().isEmpty() || pool.gpus() == 0
                                        ? Map.of()
                                        : Map.of(pool.accelerator(), pool.gpus()))))
            .toList());
  }

  private static boolean isUsable(V1Node node, KubeRaySettings settings) {
    return isOpen(node.getSpec(), settings)
        && isReady(node)
        && labels(node).entrySet().containsAll(settings.nodeSelector().entrySet());
  }

  private static boolean isOpen(@Nullable V1NodeSpec spec, KubeRaySettings settings) {
    return spec == null
        || (!Boolean.TRUE.equals(spec.getUnschedulable())
            && Objects.requireNonNullElse(spec.getTaints(), List.<V1Taint>of()).stream()
                .noneMatch(taint -> keepsAway(taint, settings)));
  }

  private static boolean isReady(V1Node node) {
    return node.getStatus() != null
        && Objects.requireNonNullElse(node.getStatus().getConditions(), List.<V1NodeCondition>of())
            .stream()
            .anyMatch(
                condition ->
                    "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  private static boolean keepsAway(V1Taint taint, KubeRaySettings settings) {
    return !"PreferNoSchedule".equals(taint.getEffect())
        && !settings.gpuTaint().equals(taint.getKey());
  }

  private static Map<String, String> labels(V1Node node) {
    return node.getMetadata() == null || node.getMetadata().getLabels() == null
        ? Map.of()
        : node.getMetadata().getLabels();
  }

  private static Capacity.Node node(V1Node node) {
    Map<String, Quantity> has =
        node.getStatus() == null || node.getStatus().getAllocatable() == null
            ? Map.of()
            : node.getStatus().getAllocatable();
    double gpus = amount(has, GPU);
    String type = labels(node).get(GPU_TYPE);
    return new Capacity.Node(
        amount(has, "cpu"),
        gpus,
        (long) amount(has, "memory"),
        type == null || gpus == 0 ? Map.of() : Map.of(type, gpus));
  }

  private static double amount(Map<String, Quantity> has, String resource) {
    Quantity amount = has.get(resource);
    return amount == null ? 0 : amount.getNumber().doubleValue();
  }
}
