package ai.matih.ml.training.cluster;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How attempts become RayJobs; read when {@code training.cluster.backend} is {@code kuberay}.
 *
 * @param namespace where a tenant's jobs run; {@code {tenant}} stands for the tenant
 * @param image of head, workers and submitter; must hold Ray and its libraries, the training code
 *     comes with the job
 * @param rayVersion in the image
 * @param queue a LocalQueue of Kueue in the namespace; empty: KubeRay starts each job at once
 * @param pullSecret for the image, in the namespace
 * @param storageSecret in the namespace, with {@code access-key} and {@code secret-key}: what jobs
 *     use instead of the platform's own S3 credential
 * @param kubeconfig a file to reach the API server by; empty: the pod's service account
 * @param headCpus of the pod that runs the driver
 * @param headMemory of the pod that runs the driver
 * @param workerMemory of a worker whose job does not say
 * @param workerOverhead memory of a worker beside what its job asks for
 * @param nodeSelector labels of nodes that jobs run on
 * @param gpuNodeSelector more labels of nodes for workers with GPUs
 * @param gpuTaint of those nodes, which workers with GPUs tolerate
 * @param keep how long ended RayJobs stay to be looked at
 * @param capacity what the pools could grow to; empty: the nodes that are there
 */
public record KubeRaySettings(
    @NotBlank @DefaultValue("ml-{tenant}") String namespace,
    @DefaultValue("") String image,
    @NotBlank @DefaultValue("2.60.0") String rayVersion,
    @DefaultValue("") String queue,
    @DefaultValue("") String pullSecret,
    @DefaultValue("") String storageSecret,
    @DefaultValue("") String kubeconfig,
    @Positive @DefaultValue("1") double headCpus,
    @DefaultValue("4GB") DataSize headMemory,
    @DefaultValue("2GB") DataSize workerMemory,
    @DefaultValue("1GB") DataSize workerOverhead,
    @DefaultValue Map<String, String> nodeSelector,
    @DefaultValue Map<String, String> gpuNodeSelector,
    @NotBlank @DefaultValue("nvidia.com/gpu") String gpuTaint,
    @DefaultValue("1h") Duration keep,
    @DefaultValue List<@Valid PoolSettings> capacity) {

  private static final String TENANT = "{tenant}";

  public KubeRaySettings {
    nodeSelector = Map.copyOf(nodeSelector);
    gpuNodeSelector = Map.copyOf(gpuNodeSelector);
    capacity = List.copyOf(capacity);
  }

  /**
   * Nodes of one kind.
   *
   * @param nodes at most
   * @param accelerator type of the GPUs
   */
  public record PoolSettings(
      @Positive int nodes,
      @Positive double cpus,
      DataSize memory,
      @PositiveOrZero @DefaultValue("0") double gpus,
      @DefaultValue("") String accelerator) {}

  /** Each tenant has a namespace, rather than all of them one. */
  public boolean isPerTenant() {
    return namespace.contains(TENANT);
  }

  public String namespaceOf(String tenant) {
    return namespace.replace(TENANT, tenant);
  }
}
