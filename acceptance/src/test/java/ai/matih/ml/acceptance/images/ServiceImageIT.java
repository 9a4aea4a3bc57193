package ai.matih.ml.acceptance.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code service.Dockerfile} does with a built jar, done here: layers laid out, the cache of
 * classes trained, the service started from a folder that it cannot write to. The commands and
 * their environment are read from the file; only the folders differ.
 */
class ServiceImageIT {

  private static final String SERVICE = "ml-api";
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final Dockerfile file =
      Dockerfile.read(ImagesTests.ROOT.resolve("docker/service.Dockerfile"));
  @TempDir private Path folder;

  @Test
  void starts_from_its_layers_with_its_cache_and_writes_only_where_it_may() throws Exception {
    Path app = layOut();
    Path keys = keys();
    train(app, keys);
    assertThat(app.resolve("classes.aot")).isNotEmptyFile();
    Map<Path, Instant> before = content(app);
    lock(app, false);
    try {
      start(app, keys);
    } finally {
      lock(app, true);
    }
    assertThat(content(app)).isEqualTo(before);
  }

  /** The stages {@code build} and {@code application}. */
  private Path layOut() throws Exception {
    Path jar = ImagesTests.ROOT.resolve(SERVICE + "/target/" + SERVICE + ".jar");
    Path layers = folder.resolve("layers");
    String extraction =
        file.stage("build").all("RUN").stream()
            .filter(run -> run.contains("-Djarmode=tools"))
            .findFirst()
            .orElseThrow()
            .replace("\"${SERVICE}/target/${SERVICE}.jar\"", jar.toString())
            .replace("/layers", layers.toString());
    run(command(extraction.split(" ")), Map.of(), folder, Duration.ofMinutes(1));
    Path app = Files.createDirectories(folder.resolve("app"));
    for (String copy : file.stage("application").all("COPY")) {
      String source = copy.split(" ")[copy.startsWith("--from=build") ? 1 : 0];
      Path from =
          source.startsWith("/layers")
              ? Path.of(source.replace("/layers", layers.toString()))
              : ImagesTests.ROOT.resolve(source);
      copy(from, app);
    }
    return app;
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.isRegularFile(from)) {
      Files.copy(from, to.resolve(from.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private Path keys() throws Exception {
    run(
        List.of(
            JAVA,
            ImagesTests.ROOT.resolve("docker/Secrets.java").toString(),
            folder.resolve("training").toString(),
            "keys"),
        Map.of(),
        folder,
        Duration.ofMinutes(1));
    Path keys = folder.resolve("training/keys");
    Files.copy(keys.resolve(SERVICE + ".jwk.json"), keys.resolve("signing.jwk.json"));
    return keys;
  }

  private void train(Path app, Path keys) throws Exception {
    Dockerfile.Stage stage = file.stage("trained");
    String training = stage.all("RUN").getFirst();
    run(
        inHere(json(training.substring(training.indexOf('['))), app),
        inHere(stage.environment(), keys),
        app,
        Duration.ofMinutes(3));
  }

  private void start(Path app, Path keys) throws Exception {
    Dockerfile.Stage image = file.images().getFirst();
    List<String> command = new ArrayList<>(inHere(json(image.all("ENTRYPOINT").getFirst()), app));
    // A cache that does not fit ends the start here; in the image it would only make it slower.
    command.add(1, "-XX:AOTMode=on");
    // What the JVM chooses in the smallest container of the chart.
    command.addAll(1, List.of("-XX:+UseSerialGC", "-XX:MaxRAM=256m"));
    Map<String, String> environment =
        new HashMap<>(inHere(file.stage("trained").environment(), keys));
    environment.putAll(image.environment());
    int port = freePort();
    environment.put("SERVER_PORT", Integer.toString(port));
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    environment.put("DATA_DIR", folder.resolve("data").toString());
    Path log = folder.resolve("start.log");
    Process process = process(command, environment, app, log);
    try {
      awaitAlive(process, port, log);
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends at SIGTERM").isTrue();
  }

  private static void awaitAlive(Process process, int port, Path log) throws Exception {
    HttpRequest liveness =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/liveness"))
            .timeout(Duration.ofSeconds(5))
            .build();
    Instant until = Instant.now().plus(Duration.ofMinutes(2));
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (true) {
        assertThat(process.isAlive()).as(() -> read(log)).isTrue();
        assertThat(Instant.now()).as(() -> read(log)).isBefore(until);
        try {
          if (http.send(liveness, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          // Not listening yet.
        }
        Thread.sleep(100);
      }
    }
  }

  private List<String> inHere(List<String> command, Path app) {
    return command(
        command.stream().map(word -> word.replace("/app/", app + "/")).toArray(String[]::new));
  }

  private static List<String> command(String[] words) {
    List<String> command = new ArrayList<>(Arrays.asList(words));
    assertThat(command.getFirst()).isEqualTo("java");
    command.set(0, JAVA);
    return command;
  }

  private Map<String, String> inHere(Map<String, String> environment, Path keys) {
    Map<String, String> here = new HashMap<>(environment);
    here.replaceAll((_, value) -> value.replace("/keys/", keys + "/"));
    here.put("DATA_DIR", folder.resolve("data").toString());
    return here;
  }

  private static List<String> json(String array) {
    return List.of(JsonMapper.shared().readValue(array, String[].class));
  }

  private static Process process(
      List<String> command, Map<String, String> environment, Path directory, Path log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private void run(
      List<String> command, Map<String, String> environment, Path directory, Duration patience)
      throws Exception {
    Path log = folder.resolve("step.log");
    Process process = process(command, environment, directory, log);
    assertThat(process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> command + "\n" + read(log)).isZero();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Map<Path, Instant> content(Path app) throws IOException {
    Map<Path, Instant> files = new HashMap<>();
    try (Stream<Path> all = Files.walk(app)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file, Files.getLastModifiedTime(file).toInstant());
      }
    }
    return files;
  }

  /** Whoever runs this as root can write all the same; then the comparison afterwards decides. */
  private static void lock(Path app, boolean writable) throws IOException {
    try (Stream<Path> all = Files.walk(app)) {
      for (Path file : all.toList()) {
        assertThat(file.toFile().setWritable(writable)).isTrue();
      }
    }
  }
}
