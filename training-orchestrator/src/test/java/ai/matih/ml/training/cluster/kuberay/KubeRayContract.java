package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.ClusterSettings;
import ai.matih.ml.training.cluster.CodePackage;
import ai.matih.ml.training.cluster.KubeRaySettings;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.cluster.TrainingClusterContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.springframework.util.unit.DataSize;

/**
 * The contract of any cluster for KubeRay, on an API server. The tests themselves play the
 * operator: they write what it would write, see its {@code rayjob_controller.go}.
 */
abstract class KubeRayContract extends TrainingClusterContract {

  static final String TENANT = "acme";
  static final String NAMESPACE = "ml-acme";

  private static final String NOW = "2026-11-25T12:00:00Z";

  /** What the operator does: merges into the status. */
  protected abstract void status(String name, Map<String, Object> status);

  /** The deadline of the RayJob. */
  protected abstract long deadline(String name);

  /** The submitter's pod, which prints. */
  protected abstract void print(String name, String text);

  /** Everything that the test has made. */
  protected abstract void cleanUp();

  @AfterEach
  void leaveNothing() {
    cleanUp();
  }

  static KubeRayTrainingCluster adapter(Path kubeconfig, KubeRaySettings settings) {
    return adapter(kubeconfig, settings, Duration.ofSeconds(10), Clock.systemUTC());
  }

  static KubeRayTrainingCluster adapter(
      Path kubeconfig, KubeRaySettings settings, Duration patience, Clock clock) {
    return KubeRayConfiguration.cluster(
        new ClusterSettings(
            ClusterSettings.Backend.KUBERAY, "", patience, DataSize.ofKilobytes(64), 8, settings),
        List.of("do-not-tell"),
        CodePackage.ofThisBuild(),
        new SimpleMeterRegistry(),
        clock);
  }

  static KubeRaySettings settings(Path kubeconfig) {
    return settings(kubeconfig, "ml-{tenant}", "");
  }

  static KubeRaySettings settings(Path kubeconfig, String namespace, String queue) {
    return new KubeRaySettings(
        namespace,
        "local/ray:1",
        "2.60.0",
        queue,
        "",
        "",
        kubeconfig.toString(),
        1,
        DataSize.ofGigabytes(4),
        DataSize.ofGigabytes(2),
        DataSize.ofGigabytes(1),
        Map.of(),
        Map.of("kubernetes.io/os", "linux"),
        "nvidia.com/gpu",
        Duration.ofDays(1),
        List.of());
  }

  @Override
  protected String entrypoint(int seconds, int status) {
    return "sh -c 'echo hello; sleep " + seconds + "; exit " + status + "'";
  }

  @Override
  protected void running(SubmissionId id) {
    status(
        RayJob.name(id),
        Map.of(
            "jobDeploymentStatus",
            "Running",
            "jobStatus",
            "RUNNING",
            "startTime",
            NOW,
            "rayJobInfo",
            Map.of("startTime", NOW)));
  }

  @Override
  protected ClusterJob ended(SubmissionId id, ClusterJob.Status expected) {
    String name = RayJob.name(id);
    print(name, "hello do-not-tell\n");
    if (deadline(name) == 1) {
      status(
          name,
          Map.of("jobDeploymentStatus", "Failed", "reason", "DeadlineExceeded", "endTime", NOW));
    } else if (expected == ClusterJob.Status.SUCCEEDED) {
      status(
          name,
          Map.of("jobDeploymentStatus", "Complete", "jobStatus", "SUCCEEDED", "endTime", NOW));
    } else {
      status(
          name,
          Map.of(
              "jobDeploymentStatus",
              "Failed",
              "jobStatus",
              "FAILED",
              "reason",
              "AppFailed",
              "message",
              "Job entrypoint command failed with exit code 1, last available logs ...",
              "endTime",
              NOW));
    }
    TrainingCluster cluster = cluster();
    ClusterJob job = cluster.job(id).orElseThrow();
    org.assertj.core.api.Assertions.assertThat(job.status()).isEqualTo(expected);
    return job;
  }
}
