package ai.matih.ml.local.engine;

import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.Readiness;
import ai.matih.ml.local.process.StopSignal;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Ray head on the loopback address with token authentication.
 *
 * <p>Ray gives its own node 30 seconds to start, a constant in its code: start it alone.
 *
 * @param temporary a short path, since Unix sockets live below it
 */
public record RayHead(Path python, RayPorts ports, String token, Path temporary, int cpus) {

  private static final String HOST = "127.0.0.1";

  public Ray access() {
    return new Ray(
        URI.create("http://" + HOST + ":" + ports.dashboard()),
        token,
        URI.create("http://" + HOST + ":" + ports.agentHttp()),
        python.toString());
  }

  public ProcessSpec spec(Path log) {
    var environment = new HashMap<String, String>();
    environment.put("RAY_AUTH_MODE", "token");
    environment.put("RAY_AUTH_TOKEN", token);
    environment.put("RAY_USAGE_STATS_ENABLED", "0");
    environment.put("RAY_DISABLE_IMPORT_WARNING", "1");
    environment.put("AUTOSCALER_METRIC_PORT", Integer.toString(ports.autoscalerMetrics()));
    environment.put("DASHBOARD_METRIC_PORT", Integer.toString(ports.dashboardMetrics()));
    // A job's "python" is whatever this path finds first.
    environment.put(
        "PATH",
        python.getParent()
            + File.pathSeparator
            + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("PYTHONUNBUFFERED", "1");
    environment.put("MALLOC_ARENA_MAX", "2");
    return new ProcessSpec(
        "ray",
        List.of(
            python.toString(),
            "-m",
            "ray.scripts.scripts",
            "start",
            "--head",
            "--block",
            "--disable-usage-stats",
            "--node-ip-address=" + HOST,
            "--port=" + ports.gcs(),
            "--dashboard-host=" + HOST,
            "--dashboard-port=" + ports.dashboard(),
            "--dashboard-agent-listen-port=" + ports.agentHttp(),
            "--dashboard-agent-grpc-port=" + ports.agentGrpc(),
            "--runtime-env-agent-port=" + ports.runtimeEnvAgent(),
            "--metrics-export-port=" + ports.metrics(),
            "--ray-client-server-port=" + ports.client(),
            "--object-manager-port=" + ports.objectManager(),
            "--node-manager-port=" + ports.nodeManager(),
            "--min-worker-port=0",
            "--max-worker-port=0",
            "--num-cpus=" + cpus,
            "--num-gpus=0",
            "--object-store-memory=268435456",
            "--temp-dir=" + temporary),
        Map.copyOf(environment),
        temporary,
        log,
        ports.dashboard(),
        Readiness.http(access().agent().resolve("/api/local_raylet_healthz"), 200)
            .and(Readiness.http(access().url().resolve("/api/gcs_healthz"), 200)),
        Duration.ofMinutes(3),
        StopSignal.TERM,
        Duration.ofSeconds(8));
  }
}
