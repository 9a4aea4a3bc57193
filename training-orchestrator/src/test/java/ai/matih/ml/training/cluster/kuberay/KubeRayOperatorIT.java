package ai.matih.ml.training.cluster.kuberay;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.SubmissionId;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.CustomObjectsApi;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What we submit, with KubeRay's own operator beside it. {@code -Dmatih.kubernetes.operator} names
 * its program, which runs here only while these tests do.
 */
@Tag("kubernetes-operator")
class KubeRayOperatorIT {

  private static final Gson JSON = new Gson();
  private static final String NAMESPACE = "ml-globex";
  private static final String NAMESPACE_OF = "ml-{tenant}";

  private static RealKubernetes kubernetes;
  private static Process operator;
  private static Path kubeconfig;
  private static CustomObjectsApi objects;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException, ApiException {
    kubernetes = new RealKubernetes(NAMESPACE);
    kubeconfig = kubernetes.kubeconfig(folder);
    objects = new CustomObjectsApi(kubernetes.admin());
    ProcessBuilder program =
        new ProcessBuilder(
                Objects.requireNonNull(System.getProperty("matih.kubernetes.operator")),
                "--enable-leader-election=false",
                "--metrics-addr=127.0.0.1:0",
                "--health-probe-bind-address=127.0.0.1:0",
                "--watch-namespace=" + NAMESPACE,
                "--use-kubernetes-proxy")
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target", "kuberay-operator.log").toFile());
    program.environment().put("KUBECONFIG", System.getProperty("matih.kubernetes"));
    operator = program.start();
  }

  @AfterAll
  static void stop() {
    operator.destroy();
    kubernetes.close();
  }

  @Test
  void is_brought_up_stopped_and_removed_with_all_that_belongs_to_it() throws Exception {
    KubeRayTrainingCluster cluster =
        KubeRayContract.adapter(kubeconfig, KubeRayContract.settings(kubeconfig, NAMESPACE_OF, ""));
    SubmissionId id = SubmissionId.of(UUID.randomUUID(), 1);
    cluster.submit(
        new Submission(
            id,
            "python -m matih_training",
            Map.of("MATIH_JOB", "{}"),
            Map.of("tenant", "globex", "attempt", "1"),
            new Submission.Size(2, 1, 1, Optional.of(1L << 30)),
            Optional.of(Duration.ofHours(1))));

    await("a cluster with its workers", () -> readyWorkers() == 2);
    assertThat(pods("ray.io/node-type=worker"))
        .hasSize(2)
        .allSatisfy(
            pod ->
                assertThat(
                        Objects.requireNonNull(pod.getSpec()).getContainers().getFirst().getEnv())
                    .anySatisfy(
                        variable -> assertThat(variable.getName()).isEqualTo("RAY_AUTH_TOKEN")));
    await("a submitter", () -> !pods("job-name=" + RayJob.name(id)).isEmpty());
    assertThat(cluster.job(id).orElseThrow().status().isTerminal()).isFalse();

    cluster.stop(id);

    await("its end", () -> cluster.job(id).orElseThrow().status() == ClusterJob.Status.STOPPED);
    await("no cluster", () -> clusters().isEmpty());
    // What has ended stays to be asked about, and goes when it is old.
    assertThat(cluster.job(id)).isPresent();
    KubeRayTrainingCluster later =
        KubeRayContract.adapter(
            kubeconfig,
            KubeRayContract.settings(kubeconfig, NAMESPACE_OF, ""),
            Duration.ofSeconds(10),
            Clock.fixed(Instant.now().plus(Duration.ofDays(2)), ZoneOffset.UTC));
    later.jobs().forEach(later::forget);
    await("nothing", () -> cluster.job(id).isEmpty() && secrets(RayJob.name(id)) == 0);
  }

  private static JsonArray clusters() throws ApiException {
    JsonObject all =
        JSON.toJsonTree(
                objects
                    .listNamespacedCustomObject("ray.io", "v1", NAMESPACE, "rayclusters")
                    .execute())
            .getAsJsonObject();
    return all.getAsJsonArray("items");
  }

  private static int readyWorkers() throws ApiException {
    int ready = 0;
    for (JsonElement cluster : clusters()) {
      JsonObject status = cluster.getAsJsonObject().getAsJsonObject("status");
      if (status != null && status.has("readyWorkerReplicas")) {
        ready += status.get("readyWorkerReplicas").getAsInt();
      }
    }
    return ready;
  }

  private static List<V1Pod> pods(String selector) throws ApiException {
    return new CoreV1Api(kubernetes.admin())
        .listNamespacedPod(NAMESPACE)
        .labelSelector(selector)
        .execute()
        .getItems();
  }

  private static int secrets(String name) throws ApiException {
    return new CoreV1Api(kubernetes.admin())
        .listNamespacedSecret(NAMESPACE)
        .fieldSelector("metadata.name=" + name)
        .execute()
        .getItems()
        .size();
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    Instant until = Instant.now().plus(Duration.ofMinutes(2));
    while (!condition.call()) {
      assertThat(Instant.now()).as("waiting for %s", what).isBefore(until);
      assertThat(operator.isAlive()).as("the operator, see target/kuberay-operator.log").isTrue();
      Thread.sleep(200);
    }
  }
}
