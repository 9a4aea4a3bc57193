package ai.matih.ml.helm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Values that people really combine; every check that holds for all of them runs on each. */
final class Combinations {

  private Combinations() {}

  static Values named(String name) {
    return Objects.requireNonNull(all().get(name), name);
  }

  static Map<String, Values> all() {
    Map<String, Values> all = new LinkedHashMap<>();
    all.put("defaults", Values.none());
    all.put("dev", Values.dev());
    all.put("prod", Values.prod());
    all.put(
        "all parts yours",
        Values.prod()
            .with("mlflow.enabled", false)
            .with("mlflow.external.url", "https://mlflow.example.com")
            .with("feast.enabled", false)
            .with("feast.external.url", "http://feast.example.com:6566")
            .with("ray.enabled", false)
            .with("ray.external.url", "http://ray.example.com:8265")
            .with("setup.enabled", false)
            .with("postgresql.external.cidrs", List.of("10.1.0.0/16"))
            .with("objectStore.external.cidrs", List.of("10.2.0.0/16")));
    all.put("triton", Values.prod().with("triton.enabled", true).with("triton.replicas", 2));
    all.put(
        "fault-tolerant head",
        Values.prod()
            .with("ray.gcsFaultTolerance.enabled", true)
            .with("ray.gcsFaultTolerance.redisAddress", "redis://redis.example.com:6379")
            .with("ray.gcsFaultTolerance.existingSecret", "redis"));
    all.put(
        "online values in redis",
        Values.prod()
            .with("feast.onlineStore.type", "redis")
            .with("feast.onlineStore.redis.url", "rediss://redis.example.com:6380/1")
            .with("feast.onlineStore.redis.existingSecret", "redis")
            .with("feast.onlineStore.redis.user", "feast")
            .with("feast.onlineStore.redis.readerUser", "gateway")
            .with("feast.onlineStore.redis.cidrs", List.of("10.3.0.0/16")));
    all.put(
        "fixed workers",
        Values.dev()
            .with("ray.head.schedulable", false)
            .with("ray.workers.cpu.enabled", true)
            .with("ray.workers.cpu.minReplicas", 3));
    all.put(
        "keda",
        Values.prod()
            .with("services.serving-router.autoscaling.keda.enabled", true)
            .with(
                "services.serving-router.autoscaling.keda.triggers",
                List.of(
                    Map.of(
                        "type",
                        "prometheus",
                        "metadata",
                        Map.of(
                            "serverAddress",
                            "http://prometheus.monitoring:9090",
                            "query",
                            "sum(serving_engine_waiting)",
                            "threshold",
                            "10")))));
    all.put(
        "ingress and people's tokens",
        Values.prod()
            .with("door.ingress.enabled", true)
            .with("door.ingress.host", "ml.example.com")
            .with("door.ingress.className", "nginx")
            .with("door.ingress.tlsSecret", "ml-tls")
            .with("auth.oidc.issuer", "https://login.example.com/realms/ml"));
    all.put(
        "load balancer and one registry",
        Values.dev()
            .with("door.service.enabled", true)
            .with("door.service.annotations", Map.of("example.com/internal", "true"))
            .with("imageRegistry", "registry.example.com/ml")
            .with("imagePullSecrets", List.of(Map.of("name", "regcred")))
            .with("commonLabels", Map.of("team", "ml")));
    all.put(
        "nothing is kept",
        Values.dev()
            .with("postgresql.persistence.enabled", false)
            .with("objectStore.persistence.enabled", false)
            .with("networkPolicy.enabled", false)
            .with("monitoring.enabled", true));
    all.put(
        "placed with care",
        Values.prod()
            .with("defaults.nodeSelector", Map.of("pool", "ml"))
            .with(
                "defaults.tolerations",
                List.of(Map.of("key", "ml", "operator", "Exists", "effect", "NoSchedule")))
            .with("services.serving-router.priorityClassName", "high")
            .with("services.serving-router.data.storageClass", "fast")
            .with("gpuDevicePlugin.enabled", true));
    all.put(
        "jobs in the tenants' namespaces",
        Values.prod()
            .with("ray.enabled", false)
            .with("ray.jobs.enabled", true)
            .with("ray.jobs.queue", "training")
            .with("ray.jobs.storageSecret", "storage"));
    all.put(
        "webhooks",
        Values.prod()
            .with("objectStore.external.cidrs", List.of("10.2.0.0/16"))
            .with("webhooks.egress.enabled", true)
            .with("webhooks.egress.ports", List.of(443, 9443))
            .with("webhooks.egress.networks", List.of("10.20.0.0/16", "fd12:3456:789a::/48"))
            .with(
                "webhooks.egress.except",
                List.of("198.41.0.0/16", "2a00:1450::/32", "fd00:10:244::/56")));
    all.put(
        "a long name", Values.prod().as("a-release-whose-name-is-as-long-as-helm-allows-them-1"));
    return all;
  }
}
