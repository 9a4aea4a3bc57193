package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.engine.Placement;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A model as an application of Ray Serve.
 *
 * @param name unique in the cluster, and the path of its calls
 * @param codePackage name of the package with the model's files and the code that answers
 * @param key what its callers send, so that nobody else on the network gets answers
 * @param configuration what Ray Serve is told about it
 */
record ServeApplication(
    String name, String codePackage, String key, Map<String, Object> configuration) {

  /** Applications whose names begin otherwise belong to somebody else. */
  static final String PREFIX = "matih.";

  /** The one deployment of each application; the name in its code. */
  static final String DEPLOYMENT = "version";

  private static final int MAX_QUEUED = 200;

  /** Seconds between two counts of a replica's calls, and how many of them are averaged over. */
  private static final int METRICS_INTERVAL = 2;

  private static final int LOOK_BACK = 10;

  static ServeApplication of(Placement placement, String codeDigest, RayServeSettings settings) {
    String name = PREFIX + placement.name();
    String codePackage = ServePackage.name(codeDigest, placement.artifact().digest());
    String key = key(settings.token(), name);
    return new ServeApplication(
        name,
        codePackage,
        key,
        Map.of(
            "name",
            name,
            "route_prefix",
            "/" + name,
            "import_path",
            "matih_serving.app:build",
            "runtime_env",
            Map.of("working_dir", "gcs://" + codePackage),
            "args",
            Map.of("key", key),
            "deployments",
            List.of(deployment(placement.hosting(), settings))));
  }

  private static Map<String, Object> deployment(Hosting hosting, RayServeSettings settings) {
    int target = hosting.targetOngoingRequests().orElse(settings.targetOngoingRequests());
    Map<String, Object> actor = new LinkedHashMap<>();
    actor.put("num_cpus", hosting.cpus().orElse(settings.cpusPerReplica()));
    if (hosting.gpus() > 0) {
      actor.put("num_gpus", hosting.gpus());
    }
    hosting.memoryBytes().ifPresent(bytes -> actor.put("memory", bytes));
    return Map.of(
        "name",
        DEPLOYMENT,
        "max_ongoing_requests",
        2 * target,
        "max_queued_requests",
        MAX_QUEUED,
        "ray_actor_options",
        actor,
        "autoscaling_config",
        Map.of(
            "min_replicas",
            hosting.minReplicas(),
            "max_replicas",
            hosting.maxReplicas(),
            "target_ongoing_requests",
            target,
            "metrics_interval_s",
            METRICS_INTERVAL,
            "look_back_period_s",
            LOOK_BACK,
            "upscale_delay_s",
            settings.upscaleDelay().toSeconds(),
            "downscale_delay_s",
            settings.downscaleDelay().toSeconds()));
  }

  /** Every router makes the same key of what it has already. */
  private static String key(String secret, String name) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
