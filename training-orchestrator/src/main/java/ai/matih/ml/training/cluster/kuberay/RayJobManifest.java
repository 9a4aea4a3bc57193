package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.training.cluster.KubeRaySettings;
import ai.matih.ml.training.cluster.Submission;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1OwnerReference;
import io.kubernetes.client.openapi.models.V1Secret;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An attempt as a RayJob, and the Secret with its environment and its code.
 *
 * <p>The RayJob is first a draft, which the operator leaves alone: suspended. The Secret belongs to
 * it, so it needs the draft's uid and goes when the RayJob goes. The last step turns the draft into
 * a job. So neither a Secret without an owner nor a job without its Secret can be left over,
 * wherever the submission is cut off.
 */
final class RayJobManifest {

  /** Before the keys of the Secret that are files of the code. */
  static final String CODE = "code.";

  private static final String CODE_FOLDER = "/matih/code";
  private static final String TMP = "/tmp";
  private static final int USER = 10001;

  /** Our own stop comes first; this one is for the time when nobody of us is there. */
  private static final Duration SLACK = Duration.ofMinutes(10);

  private final Submission submission;
  private final KubeRaySettings settings;
  private final Map<String, byte[]> code;
  private final String name;

  /**
   * @param code files by their path
   */
  RayJobManifest(Submission submission, KubeRaySettings settings, Map<String, byte[]> code) {
    this.submission = submission;
    this.settings = settings;
    this.code = code;
    this.name = RayJob.name(submission.id());
  }

  Map<String, Object> draft() {
    Map<String, Object> spec = new HashMap<>();
    spec.put("entrypoint", submission.entrypoint());
    spec.put("jobId", submission.id().value());
    spec.put("metadata", submission.labels());
    // The submitter runs once and never again: a job is not submitted anew to a head that has
    // forgotten it. With HTTPMode the operator would do just that.
    spec.put("submissionMode", "K8sJobMode");
    spec.put("submitterConfig", Map.of("backoffLimit", 0));
    spec.put("submitterPodTemplate", submitter());
    spec.put("backoffLimit", 0);
    spec.put("shutdownAfterJobFinishes", true);
    spec.put("ttlSecondsAfterFinished", 0);
    submission
        .timeout()
        .ifPresent(
            timeout ->
                spec.put(
                    "activeDeadlineSeconds",
                    (int) Math.min(timeout.plus(SLACK).toSeconds(), Integer.MAX_VALUE)));
    spec.put("suspend", true);
    spec.put("rayClusterSpec", cluster());
    return Map.of(
        "apiVersion",
        "ray.io/v1",
        "kind",
        "RayJob",
        "metadata",
        Map.of("name", name, "labels", labels()),
        "spec",
        spec);
  }

  /** The last step. With a queue it is Kueue that lets the job begin. */
  Map<String, Object> handOver() {
    Map<String, Object> labels = new HashMap<>();
    labels.put(RayJob.COMPLETE, "true");
    if (settings.queue().isEmpty()) {
      return Map.of("metadata", Map.of("labels", labels), "spec", Map.of("suspend", false));
    }
    labels.put("kueue.x-k8s.io/queue-name", settings.queue());
    return Map.of("metadata", Map.of("labels", labels));
  }

  V1Secret secret(String ownerUid) {
    Map<String, byte[]> data = new TreeMap<>();
    environment().forEach((key, value) -> data.put(key, value.getBytes(StandardCharsets.UTF_8)));
    code.forEach((path, content) -> data.put(codeKey(path), content));
    return new V1Secret()
        .metadata(
            new V1ObjectMeta()
                .name(name)
                .labels(labels())
                .addOwnerReferencesItem(
                    new V1OwnerReference()
                        .apiVersion("ray.io/v1")
                        .kind("RayJob")
                        .name(name)
                        .uid(ownerUid)))
        .type("Opaque")
        .immutable(true)
        .data(data);
  }

  /** Keys know no folders; the volume puts each file to its place again. */
  private static String codeKey(String path) {
    return CODE + path.replace("/", "--");
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    submission.labels().forEach((key, value) -> labels.put(RayJob.LABEL + key, value));
    labels.put(RayJob.SUBMISSION, submission.id().value());
    labels.put(RayJob.MANAGED_BY, RayJob.US);
    labels.put("app.kubernetes.io/part-of", "matih-ml");
    labels.put("app.kubernetes.io/component", "training-job");
    return labels;
  }

  /** Code that gets no credential of the store from us gets none of the tenant's either. */
  private boolean usesTenantsStorage() {
    return !settings.storageSecret().isEmpty()
        && submission.environment().containsKey("AWS_SECRET_ACCESS_KEY");
  }

  /** The tenant's own S3 credential takes the place of the platform's where there is one. */
  private Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>(submission.environment());
    if (usesTenantsStorage()) {
      environment.remove("AWS_ACCESS_KEY_ID");
      environment.remove("AWS_SECRET_ACCESS_KEY");
    }
    return environment;
  }

  private Map<String, Object> cluster() {
    Submission.Size size = submission.size();
    Map<String, Object> workers = new HashMap<>();
    workers.put("groupName", "workers");
    workers.put("replicas", size.workers());
    workers.put("minReplicas", size.workers());
    workers.put("maxReplicas", size.workers());
    workers.put("rayStartParams", Map.of());
    workers.put(
        "template",
        pod(
            "ray-worker",
            resources(
                // Ray itself does not start on less than half a CPU in its time.
                Math.max(size.cpusPerWorker(), 0.5),
                size.memoryPerWorker().orElse(settings.workerMemory().toBytes())
                    + settings.workerOverhead().toBytes(),
                size.gpusPerWorker()),
            size.gpusPerWorker() > 0));
    return Map.of(
        "rayVersion",
        settings.rayVersion(),
        "authOptions",
        Map.of("mode", "token"),
        "headGroupSpec",
        Map.of(
            "rayStartParams",
            Map.of("dashboard-host", "0.0.0.0"),
            "template",
            pod(
                "ray-head",
                resources(settings.headCpus(), settings.headMemory().toBytes(), 0),
                false)),
        "workerGroupSpecs",
        List.of(workers));
  }

  private Map<String, Object> pod(
      String container, Map<String, Object> resources, boolean withGpu) {
    List<Map<String, Object>> environment = new ArrayList<>();
    environment().keySet().forEach(key -> environment.add(fromSecret(key, name, key)));
    if (usesTenantsStorage()) {
      environment.add(fromSecret("AWS_ACCESS_KEY_ID", settings.storageSecret(), "access-key"));
      environment.add(fromSecret("AWS_SECRET_ACCESS_KEY", settings.storageSecret(), "secret-key"));
    }
    environment.add(Map.of("name", "PYTHONPATH", "value", CODE_FOLDER));
    environment.add(Map.of("name", "RAY_USAGE_STATS_ENABLED", "value", "0"));
    environment.add(Map.of("name", "HOME", "value", TMP));
    Map<String, Object> spec = podSpec(withGpu);
    spec.put(
        "containers",
        List.of(
            container(
                container,
                resources,
                environment,
                List.of(
                    Map.of("name", "tmp", "mountPath", TMP),
                    Map.of("name", "code", "mountPath", CODE_FOLDER, "readOnly", true)))));
    spec.put(
        "volumes",
        List.of(
            Map.of("name", "tmp", "emptyDir", Map.of()),
            Map.of(
                "name",
                "code",
                "secret",
                Map.of(
                    "secretName",
                    name,
                    "items",
                    code.keySet().stream()
                        .map(path -> Map.of("key", codeKey(path), "path", path))
                        .toList()))));
    return Map.of("metadata", Map.of("labels", labels()), "spec", spec);
  }

  /** Sees neither the job's secrets nor its code: it only tells Ray what to run. */
  private Map<String, Object> submitter() {
    Map<String, Object> spec = podSpec(false);
    spec.put("restartPolicy", "Never");
    spec.put(
        "containers",
        List.of(
            container(
                "ray-job-submitter",
                resources(0.5, 512L << 20, 0),
                List.of(Map.of("name", "HOME", "value", TMP)),
                List.of(Map.of("name", "tmp", "mountPath", TMP)))));
    spec.put("volumes", List.of(Map.of("name", "tmp", "emptyDir", Map.of())));
    return Map.of("metadata", Map.of("labels", labels()), "spec", spec);
  }

  private Map<String, Object> podSpec(boolean withGpu) {
    Map<String, Object> spec = new HashMap<>();
    spec.put("automountServiceAccountToken", false);
    spec.put("enableServiceLinks", false);
    spec.put(
        "securityContext",
        Map.of(
            "runAsNonRoot",
            true,
            "runAsUser",
            USER,
            "runAsGroup",
            USER,
            "fsGroup",
            USER,
            "seccompProfile",
            Map.of("type", "RuntimeDefault")));
    if (!settings.pullSecret().isEmpty()) {
      spec.put("imagePullSecrets", List.of(Map.of("name", settings.pullSecret())));
    }
    Map<String, String> nodes = new TreeMap<>(settings.nodeSelector());
    if (withGpu) {
      nodes.putAll(settings.gpuNodeSelector());
      spec.put(
          "tolerations",
          List.of(
              Map.of("key", settings.gpuTaint(), "operator", "Exists", "effect", "NoSchedule")));
    }
    if (!nodes.isEmpty()) {
      spec.put("nodeSelector", nodes);
    }
    return spec;
  }

  private Map<String, Object> container(
      String container,
      Map<String, Object> resources,
      List<Map<String, Object>> environment,
      List<Map<String, Object>> mounts) {
    return Map.of(
        "name",
        container,
        "image",
        settings.image(),
        "env",
        environment,
        "resources",
        resources,
        "volumeMounts",
        mounts,
        "securityContext",
        Map.of(
            "allowPrivilegeEscalation",
            false,
            "readOnlyRootFilesystem",
            true,
            "capabilities",
            Map.of("drop", List.of("ALL"))));
  }

  private static Map<String, Object> fromSecret(String variable, String secret, String key) {
    return Map.of(
        "name", variable, "valueFrom", Map.of("secretKeyRef", Map.of("name", secret, "key", key)));
  }

  /** Requests equal limits: what Ray counts on is really there. */
  private static Map<String, Object> resources(double cpus, long memoryBytes, double gpus) {
    Map<String, String> amounts = new TreeMap<>();
    amounts.put(
        "cpu", BigDecimal.valueOf(cpus).movePointRight(3).setScale(0, RoundingMode.CEILING) + "m");
    amounts.put("memory", Long.toString(memoryBytes));
    if (gpus > 0) {
      amounts.put("nvidia.com/gpu", Long.toString((long) Math.ceil(gpus)));
    }
    return Map.of("requests", amounts, "limits", amounts);
  }
}
