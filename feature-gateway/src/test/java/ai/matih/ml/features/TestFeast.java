package ai.matih.ml.features;

import ai.matih.ml.local.engine.Feast;
import ai.matih.ml.local.engine.FeastServer;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The Feast server of this module's own sources, started once per test JVM and kind of online
 * store; that of a platform which is reused may be another.
 *
 * @param onlineStore in which Redis the values are; in the database when absent
 */
record TestFeast(Optional<TestRedis> onlineStore, Feast feast) {

  private static final Map<Boolean, TestFeast> STARTED = new HashMap<>();

  static TestFeast onPostgres() {
    return started(false);
  }

  static TestFeast onRedis() {
    return started(true);
  }

  private static synchronized TestFeast started(boolean onRedis) {
    TestFeast running = STARTED.get(onRedis);
    if (running == null) {
      try {
        running = start(onRedis);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      STARTED.put(onRedis, running);
    }
    return running;
  }

  TestRedis redis() {
    return onlineStore.orElseThrow();
  }

  /** What the gateway is told of the Redis. */
  Map<String, String> readers() {
    return as(TestRedis.READER, TestRedis.READER_PASSWORD);
  }

  /** What Feast is told of it. */
  Map<String, String> writers() {
    return as(TestRedis.WRITER, TestRedis.WRITER_PASSWORD);
  }

  private Map<String, String> as(String user, String password) {
    if (onlineStore.isEmpty()) {
      return Map.of();
    }
    return Map.of(
        "FEAST_ONLINE_STORE",
        "redis",
        "FEAST_REDIS_URL",
        redis().url(),
        "FEAST_REDIS_USER",
        user,
        "FEAST_REDIS_PASSWORD",
        password);
  }

  private static TestFeast start(boolean onRedis) throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    // A registry of its own, so that nobody else's projects are opened.
    String database = "feast_" + port;
    TestEngines.postgres().ensureRole("feast");
    TestEngines.postgres().ensureDatabase(database, "feast");
    TestFeast started =
        new TestFeast(
            onRedis ? Optional.of(new TestRedis()) : Optional.empty(),
            new Feast(
                URI.create("http://127.0.0.1:" + port),
                UUID.randomUUID().toString(),
                TestEngines.postgres().database(database, "feast"),
                TestEngines.s3()));
    Path folder = Files.createDirectories(Path.of("target/feast-" + port).toAbsolutePath());
    ProcessSpec plain =
        new FeastServer(
                TestEngines.python(), Path.of("src/main/python").toAbsolutePath(), started.feast())
            .spec(folder, folder.resolve("feast.log"));
    Map<String, String> environment = new HashMap<>(plain.environment());
    environment.putAll(started.writers());
    RunningProcess server =
        RunningProcess.start(
            new ProcessSpec(
                plain.name(),
                plain.command(),
                environment,
                plain.directory(),
                plain.log(),
                plain.port(),
                plain.readiness(),
                plain.startPatience(),
                plain.stopSignal(),
                plain.stopPatience()),
            folder.toString());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "feast-" + port));
    server.awaitReady();
    return started;
  }

  private static void stop(RunningProcess server) {
    try {
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
