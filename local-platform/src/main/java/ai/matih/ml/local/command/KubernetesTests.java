package ai.matih.ml.local.command;

import ai.matih.ml.local.engine.PostgresServer;
import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.install.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the tests that need a Kubernetes, on ones that this machine runs itself. {@code
 * helm/test/cluster.sh} keeps one up only while its standard input is open, so it ends with this
 * program however that ends.
 */
final class KubernetesTests {

  /** What a Kubernetes of ours can be, by the word of {@code cluster.sh}. */
  private enum Level {
    /** Real but for its nodes, on which nothing runs. */
    API(
        "api",
        "helm,training-orchestrator",
        "a Kubernetes with simulated nodes, one with four GPUs"),
    /** One real node. */
    NODE("node", "helm", "a Kubernetes with a real node");

    final String word;
    final String projects;
    final String described;

    Level(String word, String projects, String described) {
      this.word = word;
      this.projects = projects;
      this.described = described;
    }
  }

  private static final Duration START = Duration.ofMinutes(6);

  private final Home home;
  private final Path root;
  private final Terminal terminal;

  KubernetesTests(Home home, Path root, Terminal terminal) {
    this.home = home;
    this.root = root;
    this.terminal = terminal;
  }

  /**
   * Whether Maven was content; what passed and failed stands in its reports.
   *
   * @param levels {@code api}, {@code node}; none: the first, and the second where this machine can
   */
  boolean run(List<String> levels) throws IOException, InterruptedException {
    for (var level : levels) {
      if (!List.of(Level.API.word, Level.NODE.word).contains(level)) {
        throw new WrongUsage("./ml test kubernetes [api] [node]");
      }
    }
    if (Program.run(List.of(script("build.sh")), root, environment()) != 0) {
      throw new Refused("The programs of Kubernetes are not there and could not be built.");
    }
    var passed = true;
    if (levels.isEmpty() || levels.contains(Level.API.word)) {
      passed = on(Level.API, List.of());
    }
    if (levels.contains(Level.NODE.word) || (levels.isEmpty() && canRunANode())) {
      passed &= onARealNode();
    }
    return passed;
  }

  private boolean canRunANode() throws IOException, InterruptedException {
    if (Program.run(List.of(script("images.sh"), "--check"), root, environment()) == 0) {
      return true;
    }
    terminal.say("The tests on a real node are left out. ./ml test kubernetes node insists.");
    return false;
  }

  private boolean onARealNode() throws IOException, InterruptedException {
    var python = PythonEnvironment.ensure(home.cache(), line -> terminal.say("  " + line));
    PostgresServer.install(home.cache());
    terminal.say("Building the images");
    if (Program.run(List.of(script("images.sh")), root, environment()) != 0) {
      throw new Refused("The images could not be built.");
    }
    var data = python.resolve("../..").normalize();
    return on(Level.NODE, List.of("-Dmatih.python=" + data));
  }

  private boolean on(Level level, List<String> more) throws IOException, InterruptedException {
    terminal.say("Starting " + level.described);
    var state = home.folder().resolve("kubernetes").resolve(level.word);
    Files.createDirectories(state);
    Files.deleteIfExists(state.resolve("ready"));
    var builder =
        new ProcessBuilder(script("cluster.sh"), level.word, state.toString())
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment());
    var cluster = builder.start();
    try {
      awaitReady(cluster, state);
      var tests = new ArrayList<>(tests(level, state));
      tests.addAll(more);
      return Program.run(tests, root, Map.of("PATH", programs() + ":" + path())) == 0;
    } finally {
      stop(cluster);
    }
  }

  private List<String> tests(Level level, Path state) {
    var cluster = state.resolve("kubeconfig");
    var tests =
        new ArrayList<>(
            List.of(
                root.resolve("mvnw").toString(),
                "-B",
                "-ntp",
                "verify",
                "--projects",
                level.projects,
                "--also-make",
                "--fail-at-end",
                "-Dspotless.check.skip=true",
                "-Dmatih.kubernetes.operator=" + programs().resolve("kuberay-operator")));
    tests.addAll(
        switch (level) {
          case API ->
              List.of("-Dgroups=kubernetes|kubernetes-operator", "-Dmatih.kubernetes=" + cluster);
          case NODE -> List.of("-Dgroups=kubernetes-node", "-Dmatih.kubernetes.node=" + cluster);
        });
    return tests;
  }

  private Map<String, String> environment() {
    return Map.of("MATIH_ML_CACHE", home.cache().folder().toString());
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
