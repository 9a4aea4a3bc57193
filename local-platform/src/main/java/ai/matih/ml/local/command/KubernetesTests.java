package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the tests that need a Kubernetes, on one that this machine runs itself. {@code
 * helm/test/cluster.sh} keeps it up only while its standard input is open, so it ends with this
 * program however that ends.
 */
final class KubernetesTests {

  private static final Duration START = Duration.ofMinutes(6);

  private final Home home;
  private final Path root;
  private final Terminal terminal;

  KubernetesTests(Home home, Path root, Terminal terminal) {
    this.home = home;
    this.root = root;
    this.terminal = terminal;
  }

  /** Whether Maven was content; what passed and failed stands in its reports. */
  boolean run() throws IOException, InterruptedException {
    var environment = Map.of("MATIH_ML_CACHE", home.cache().folder().toString());
    if (Program.run(List.of(script("build.sh")), root, environment) != 0) {
      throw new Refused("The programs of Kubernetes are not there and could not be built.");
    }
    terminal.say("Starting a Kubernetes with simulated nodes, one of them with four GPUs");
    var state = home.folder().resolve("kubernetes");
    Files.createDirectories(state);
    Files.deleteIfExists(state.resolve("ready"));
    var builder =
        new ProcessBuilder(script("cluster.sh"), "api", state.toString())
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    var cluster = builder.start();
    try {
      awaitReady(cluster, state);
      return Program.run(tests(state), root, Map.of("PATH", programs() + ":" + path())) == 0;
    } finally {
      stop(cluster);
    }
  }

  private List<String> tests(Path state) {
    return List.of(
        root.resolve("mvnw").toString(),
        "-B",
        "-ntp",
        "verify",
        "--projects",
        "helm,training-orchestrator",
        "--also-make",
        "--fail-at-end",
        "-Dspotless.check.skip=true",
        "-Dgroups=kubernetes|kubernetes-operator",
        "-Dmatih.kubernetes=" + state.resolve("kubeconfig"),
        "-Dmatih.kubernetes.operator=" + programs().resolve("kuberay-operator"));
  }

  private void awaitReady(Process cluster, Path state) throws IOException, InterruptedException {
    var until = Instant.now().plus(START);
    while (!Files.exists(state.resolve("ready"))) {
      if (cluster.waitFor(300, TimeUnit.MILLISECONDS)) {
        throw new Refused("Kubernetes did not start; its logs: " + state.resolve("log"));
      }
      if (Instant.now().isAfter(until)) {
        throw new Refused("Kubernetes was not ready in time; its logs: " + state.resolve("log"));
      }
    }
  }

  private static void stop(Process cluster) throws IOException, InterruptedException {
    cluster.getOutputStream().close();
    if (!cluster.waitFor(90, TimeUnit.SECONDS)) {
      cluster.destroy();
      cluster.waitFor(30, TimeUnit.SECONDS);
    }
  }

  private String script(String name) {
    return root.resolve("helm").resolve("test").resolve(name).toString();
  }

  private Path programs() {
    return home.cache().folder().resolve("kubernetes").resolve("bin");
  }

  private static String path() {
    return System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
  }
}
