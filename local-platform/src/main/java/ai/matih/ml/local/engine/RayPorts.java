package ai.matih.ml.local.engine;

import java.util.List;
import java.util.function.IntSupplier;

/** Every fixed port of a Ray head, among them two that only environment variables can move. */
public record RayPorts(
    int gcs,
    int dashboard,
    int agentHttp,
    int agentGrpc,
    int runtimeEnvAgent,
    int metrics,
    int client,
    int objectManager,
    int nodeManager,
    int autoscalerMetrics,
    int dashboardMetrics) {

  /** Takes one port after the other from a source. */
  public static RayPorts from(IntSupplier next) {
    return new RayPorts(
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt(),
        next.getAsInt());
  }

  public List<Integer> all() {
    return List.of(
        gcs,
        dashboard,
        agentHttp,
        agentGrpc,
        runtimeEnvAgent,
        metrics,
        client,
        objectManager,
        nodeManager,
        autoscalerMetrics,
        dashboardMetrics);
  }
}
