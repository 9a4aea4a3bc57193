package ai.matih.ml.training.cluster;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The cluster and how it is called.
 *
 * @param backend ray: one cluster for all, by its Jobs API; kuberay: a cluster per attempt, in the
 *     tenant's namespace
 * @param token every call to Ray carries it
 * @param readTimeout until an answer; a submission may take seconds on a cold cluster
 * @param logTail how much of the end of a log is kept and shown
 * @param maxConcurrentCalls at once
 * @param kuberay how attempts become RayJobs
 */
@Validated
@ConfigurationProperties(value = "training.cluster", ignoreUnknownFields = false)
public record ClusterSettings(
    @DefaultValue("ray") Backend backend,
    @DefaultValue("") String token,
    @DefaultValue("20s") Duration readTimeout,
    @DefaultValue("1MB") DataSize logTail,
    @Min(1) @DefaultValue("16") int maxConcurrentCalls,
    @Valid @DefaultValue KubeRaySettings kuberay) {

  /** Who runs the code. */
  public enum Backend {
    RAY,
    KUBERAY
  }

  @Override
  public String toString() {
    return "ClusterSettings[backend=" + backend + "]";
  }
}
