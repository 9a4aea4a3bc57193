package ai.matih.ml.helm;

import io.kubernetes.client.openapi.models.V1ClusterRole;
import io.kubernetes.client.openapi.models.V1ClusterRoleBinding;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1LimitRange;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Kubernetes' own types: a field that they do not know, or of another type, is an error. */
final class KubernetesTypes {

  @FunctionalInterface
  private interface Reader {
    Object read(String json) throws IOException;
  }

  private static final Map<String, Reader> READERS =
      Map.ofEntries(
          Map.entry("v1 Namespace", V1Namespace::fromJson),
          Map.entry("v1 Pod", V1Pod::fromJson),
          Map.entry("v1 Service", V1Service::fromJson),
          Map.entry("v1 ServiceAccount", V1ServiceAccount::fromJson),
          Map.entry("v1 ConfigMap", V1ConfigMap::fromJson),
          Map.entry("v1 ResourceQuota", V1ResourceQuota::fromJson),
          Map.entry("v1 LimitRange", V1LimitRange::fromJson),
          Map.entry("apps/v1 Deployment", V1Deployment::fromJson),
          Map.entry("apps/v1 StatefulSet", V1StatefulSet::fromJson),
          Map.entry("apps/v1 DaemonSet", V1DaemonSet::fromJson),
          Map.entry("batch/v1 Job", V1Job::fromJson),
          Map.entry("autoscaling/v2 HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::fromJson),
          Map.entry("policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::fromJson),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::fromJson),
          Map.entry("networking.k8s.io/v1 Ingress", V1Ingress::fromJson),
          Map.entry("rbac.authorization.k8s.io/v1 Role", V1Role::fromJson),
          Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", V1RoleBinding::fromJson),
          Map.entry("rbac.authorization.k8s.io/v1 ClusterRole", V1ClusterRole::fromJson),
          Map.entry(
              "rbac.authorization.k8s.io/v1 ClusterRoleBinding", V1ClusterRoleBinding::fromJson),
          Map.entry("a pod template", V1PodTemplateSpec::fromJson));

  private KubernetesTypes() {}

  static boolean know(Manifest manifest) {
    return READERS.containsKey(key(manifest));
  }

  /** What is wrong with an object. */
  static Optional<String> problem(Manifest manifest) {
    return problem(key(manifest), manifest.json());
  }

  static Optional<String> problemOfPodTemplate(JsonNode template) {
    return problem("a pod template", template);
  }

  private static Optional<String> problem(String key, JsonNode json) {
    try {
      java.util.Objects.requireNonNull(READERS.get(key), key).read(json.toString());
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static String key(Manifest manifest) {
    return manifest.apiVersion() + " " + manifest.kind();
  }
}
