package ai.matih.ml.training.cluster.kuberay;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.CustomObjectsApi;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The adapter keeps the contract on a real API server with KubeRay's definitions, by an account
 * that may do only what the documentation lists. No operator runs here: the tests write what it
 * would.
 */
@Tag("kubernetes")
class KubeRayTrainingClusterIT extends KubeRayContract {

  private static final Gson JSON = new Gson();

  private static RealKubernetes kubernetes;
  private static KubeRayTrainingCluster cluster;
  private static CustomObjectsApi objects;

  @BeforeAll
  static void connect(@TempDir Path folder) throws IOException, ApiException {
    kubernetes = new RealKubernetes(NAMESPACE);
    objects = new CustomObjectsApi(kubernetes.admin());
    cluster = adapter(kubernetes.kubeconfig(folder), settings(kubernetes.kubeconfig(folder)));
  }

  @AfterAll
  static void disconnect() {
    kubernetes.close();
  }

  @Override
  protected TrainingCluster cluster() {
    return cluster;
  }

  @Override
  protected void status(String name, Map<String, Object> status) {
    try {
      PatchUtils.patch(
          Object.class,
          () ->
              objects
                  .patchNamespacedCustomObjectStatus(
                      "ray.io",
                      "v1",
                      NAMESPACE,
                      "rayjobs",
                      name,
                      new V1Patch(JSON.toJson(Map.of("status", status))))
                  .buildCall(null),
          V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH,
          kubernetes.admin());
    } catch (ApiException e) {
      throw new IllegalStateException(e.getResponseBody(), e);
    }
  }

  @Override
  protected long deadline(String name) {
    JsonObject spec = rayJob(name).getAsJsonObject("spec");
    return spec.has("activeDeadlineSeconds") ? spec.get("activeDeadlineSeconds").getAsLong() : 0;
  }

  private static JsonObject rayJob(String name) {
    try {
      return JSON.toJsonTree(
              objects
                  .getNamespacedCustomObject("ray.io", "v1", NAMESPACE, "rayjobs", name)
                  .execute())
          .getAsJsonObject();
    } catch (ApiException e) {
      throw new IllegalStateException(e.getResponseBody(), e);
    }
  }

  @Override
  protected void print(String name, String text) {
    kubernetes.print(name + "-x1", text);
    V1Pod pod =
        Yaml.loadAs(
            """
            metadata: {name: %1$s-x1, labels: {job-name: %1$s}}
            spec:
              securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
              containers:
                - name: ray-job-submitter
                  image: local/ray:1
                  securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            """
                .formatted(name),
            V1Pod.class);
    // The client says "no overhead" where it should say nothing.
    Objects.requireNonNull(pod.getSpec()).overhead(null);
    try {
      new CoreV1Api(kubernetes.admin()).createNamespacedPod(NAMESPACE, pod).execute();
    } catch (ApiException e) {
      throw new IllegalStateException(e.getResponseBody(), e);
    }
  }

  @Override
  protected void cleanUp() {
    try {
      objects
          .deleteCollectionNamespacedCustomObject("ray.io", "v1", NAMESPACE, "rayjobs")
          .execute();
      new CoreV1Api(kubernetes.admin())
          .deleteCollectionNamespacedPod(NAMESPACE)
          .gracePeriodSeconds(0)
          .execute();
    } catch (ApiException e) {
      throw new IllegalStateException(e.getResponseBody(), e);
    }
  }

  @Test
  void hands_over_a_job_that_the_server_validates_strictly_and_a_secret_that_it_owns()
      throws ApiException {
    SubmissionId id = SubmissionId.of(UUID.randomUUID(), 999_999);
    cluster.submit(
        new Submission(
            id,
            "python -m matih_training",
            Map.of("MATIH_JOB", "{}"),
            Map.of("tenant", TENANT, "matih_installation", UUID.randomUUID().toString()),
            new Submission.Size(2, 1.5, 1, Optional.of(1L << 30)),
            Optional.of(Duration.ofHours(1))));

    JsonObject job = rayJob(RayJob.name(id));
    assertThat(job.getAsJsonObject("spec").get("suspend").getAsBoolean()).isFalse();
    var secret =
        new CoreV1Api(kubernetes.admin())
            .readNamespacedSecret(RayJob.name(id), NAMESPACE)
            .execute();
    assertThat(secret.getImmutable()).isTrue();
    assertThat(secret.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(
            owner ->
                assertThat(owner.getUid())
                    .isEqualTo(job.getAsJsonObject("metadata").get("uid").getAsString()));
  }
}
