package ai.matih.ml.local.suite;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Secret;
import ai.matih.ml.local.install.Cache;
import ai.matih.ml.local.install.Installation;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.Readiness;
import ai.matih.ml.local.process.StopSignal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A service as a Java process: its boot jar is laid out as plain jars, which start faster and allow
 * an ahead-of-time cache of loaded classes.
 */
public record JavaService(Service service, Path root, Cache cache) {

  private static final int KEPT_VERSIONS = 3;

  /**
   * Where the optimizing compiler pays: what is asked all the time, and where nothing but the code
   * limits it. It costs 40 MB and some seconds of a processor after the start.
   */
  private static final Set<Service> OPTIMIZED =
      Set.of(
          Service.ML_API,
          Service.MODEL_REGISTRY_GATEWAY,
          Service.FEATURE_GATEWAY,
          Service.SERVING_ROUTER);

  /**
   * The laid-out jar; keyed by the jar's version, so that a rebuilt one does not disturb a running
   * service.
   */
  public Path install() throws IOException, InterruptedException {
    var jar = service.jar(root);
    if (!Files.exists(jar)) {
      throw new NoSuchFileException(jar + " is missing: ./mvnw -DskipTests package");
    }
    // Builds are reproducible, down to the jar's date: only the change time tells a rebuilt one.
    var version = Files.size(jar) + "-" + Files.getAttribute(jar, "unix:ctime") + "-" + jar;
    var name = service.wire() + "-" + Secret.sha256(version).substring(0, 12);
    var folder = cache.installation("services").folder();
    var installed = new Installation(folder.resolve(name));
    var fresh = !installed.complete();
    installed.ensure(line -> {}, target -> layOut(jar, target));
    if (fresh) {
      forgetOldVersions(folder);
    }
    return installed.folder().resolve(service.wire() + ".jar");
  }

  public ProcessSpec spec(Home home, int port, Map<String, String> environment)
      throws IOException, InterruptedException {
    var jar = install();
    var folder = home.run().resolve(service.wire());
    Files.createDirectories(folder.resolve("tmp"));
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags());
    command.add("-Djava.io.tmpdir=" + folder.resolve("tmp"));
    var aot = aotCache(jar);
    if (Files.exists(aot)) {
      command.add("-XX:AOTCache=" + aot);
    }
    command.add("-jar");
    command.add(jar.toString());
    var all = new HashMap<>(environment);
    all.put("SERVER_PORT", Integer.toString(port));
    all.put("SERVER_ADDRESS", "127.0.0.1");
    all.put("MALLOC_ARENA_MAX", "2");
    return new ProcessSpec(
        service.wire(),
        command,
        all,
        folder,
        home.log(service.wire()),
        port,
        Readiness.http(PlatformPorts.http(port).resolve("/actuator/health/readiness"), 200),
        Duration.ofMinutes(8),
        StopSignal.TERM,
        Duration.ofSeconds(20));
  }

  private List<String> flags() {
    var flags =
        new ArrayList<>(
            List.of(
                "-Xmx" + service.heapMegabytes() + "m",
                "-Xms32m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                // Give memory back after the start, which needs twice as much as serving.
                "-XX:MaxNewSize=" + service.nurseryMegabytes() + "m",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=20",
                // Likewise what compilers and the class loader have freed.
                "-XX:TrimNativeHeapInterval=30000",
                "-XX:+UseCompactObjectHeaders",
                "-XX:ReservedCodeCacheSize=96m",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-Duser.timezone=UTC"));
    if (!OPTIMIZED.contains(service)) {
      flags.add("-XX:TieredStopAtLevel=1");
    }
    return flags;
  }

  static Path aotCache(Path jar) {
    return jar.resolveSibling("classes.aot");
  }

  private void layOut(Path jar, Path folder) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--force",
                "--destination",
                folder.toString())
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("Cannot lay out " + jar + ": " + output.strip());
    }
  }

  private void forgetOldVersions(Path folder) throws IOException {
    List<Path> versions;
    try (var entries = Files.list(folder)) {
      versions =
          entries
              .filter(Files::isDirectory)
              .filter(
                  entry -> entry.getFileName().toString().matches(service.wire() + "-[0-9a-f]{12}"))
              .sorted(java.util.Comparator.comparing(JavaService::age).reversed())
              .toList();
    }
    for (var old : versions.stream().skip(KEPT_VERSIONS).toList()) {
      Installation.delete(old);
    }
  }

  private static java.time.Instant age(Path folder) {
    try {
      return Files.getLastModifiedTime(folder).toInstant();
    } catch (IOException _) {
      return java.time.Instant.EPOCH;
    }
  }
}
