package ai.matih.ml.local.engine;

import ai.matih.ml.local.home.Credentials;
import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.install.Cache;
import ai.matih.ml.local.install.Installation;
import ai.matih.ml.local.install.PythonEnvironment;
import ai.matih.ml.local.process.ProcessFamily;
import ai.matih.ml.local.process.ProcessIdentity;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Real engines for tests. Each is started when somebody first asks for it, once per test JVM, and
 * stopped when that JVM ends. When the system property {@code matih.platform} names the state file
 * of a running platform, its engines are used instead and nothing is started.
 *
 * <p>Whoever needs isolation asks for it: {@link Postgres#freshDatabase}, {@link S3#freshBucket},
 * {@link Mlflow#freshWorkspace}.
 */
public final class TestEngines {

  private static final Credentials CREDENTIALS = Credentials.random(Postgres.ROLES);
  private static final Deque<RunningProcess> STARTED = new ArrayDeque<>();

  private static final Lazy<Optional<PlatformState>> PLATFORM = new Lazy<>(TestEngines::readState);
  private static final Lazy<Path> FOLDER = new Lazy<>(TestEngines::makeFolder);
  private static final Lazy<Path> PYTHON = new Lazy<>(TestEngines::findPython);
  private static final Lazy<Postgres> POSTGRES = new Lazy<>(TestEngines::findPostgres);
  private static final Lazy<S3> S3 = new Lazy<>(TestEngines::findS3);
  private static final Lazy<Mlflow> MLFLOW = new Lazy<>(TestEngines::findMlflow);
  private static final Lazy<Ray> RAY = new Lazy<>(TestEngines::findRay);
  private static final Lazy<Feast> FEAST = new Lazy<>(TestEngines::findFeast);

  private TestEngines() {}

  /** A PostgreSQL server; ask it for a fresh database. */
  public static Postgres postgres() {
    return POSTGRES.get();
  }

  /** An S3 store with the suite's buckets. */
  public static S3 s3() {
    return S3.get();
  }

  /** An MLflow tracking server with workspaces, on {@link #postgres()} and {@link #s3()}. */
  public static Mlflow mlflow() {
    return MLFLOW.get();
  }

  /** A Ray head with token authentication; about half a minute to start. */
  public static Ray ray() {
    return RAY.get();
  }

  /** The project's Feast server, on {@link #postgres()} and {@link #s3()}. */
  public static Feast feast() {
    return FEAST.get();
  }

  /** The interpreter of the environment that holds Ray, MLflow and Feast. */
  public static Path python() {
    return PYTHON.get();
  }

  /**
   * The interpreter of an environment of a test's own, from a file that locks what is in it.
   *
   * @param name what it is for
   */
  public static Path python(String name, Path lock) throws IOException, InterruptedException {
    return PythonEnvironment.ensureOther(cache(), name, lock, System.err::println);
  }

  /** The running platform that the tests reuse, if any. */
  public static Optional<PlatformState> platform() {
    return PLATFORM.get();
  }

  private static Optional<PlatformState> readState() throws IOException {
    var file = System.getProperty("matih.platform", "");
    if (file.isBlank()) {
      return Optional.empty();
    }
    return Optional.of(
        PlatformState.read(Path.of(file))
            .orElseThrow(() -> new IllegalStateException("No platform has its state in " + file)));
  }

  private static Credentials credentials(PlatformState platform) throws IOException {
    return Json.read(Path.of(platform.credentials()), Credentials.class);
  }

  private static Path findPython() throws InterruptedException {
    var platform = platform();
    return platform.isPresent()
        ? Path.of(platform.get().python())
        : PythonEnvironment.ensure(cache(), System.err::println);
  }

  private static Postgres findPostgres() throws IOException, InterruptedException {
    var platform = platform().orElse(null);
    if (platform != null) {
      return access(platform);
    }
    var container = ContainerEngines.postgres(CREDENTIALS);
    return container.isPresent() ? container.get() : embeddedPostgres();
  }

  private static Postgres embeddedPostgres() throws IOException, InterruptedException {
    var access =
        new Postgres(
            "127.0.0.1",
            freePort(),
            "postgres",
            CREDENTIALS.postgresPassword(),
            CREDENTIALS.rolePasswords());
    var server =
        new PostgresServer(
            PostgresServer.install(cache()), FOLDER.get().resolve("postgres"), access, false);
    server.initialize();
    start(server.spec(log("postgres")));
    return access;
  }

  private static Postgres access(PlatformState platform) throws IOException {
    var secrets = credentials(platform);
    var address = platform.address("postgres");
    return new Postgres(
        address.getHost(),
        address.getPort(),
        "postgres",
        secrets.postgresPassword(),
        secrets.rolePasswords());
  }

  private static S3 findS3() throws IOException, InterruptedException {
    var store = storeOfPlatformOrOwn();
    ai.matih.ml.local.engine.S3.BUCKETS.forEach(store::ensureBucket);
    return store;
  }

  private static S3 storeOfPlatformOrOwn() throws IOException, InterruptedException {
    var platform = platform().orElse(null);
    if (platform != null) {
      var secrets = credentials(platform);
      return new S3(
          platform.address("s3"), secrets.s3AccessKey(), secrets.s3SecretKey(), "us-east-1");
    }
    var container = ContainerEngines.s3(CREDENTIALS);
    return container.isPresent() ? container.get() : embeddedS3();
  }

  private static S3 embeddedS3() throws IOException, InterruptedException {
    var store =
        new S3(
            URI.create("http://127.0.0.1:" + freePort()),
            CREDENTIALS.s3AccessKey(),
            CREDENTIALS.s3SecretKey(),
            "us-east-1");
    var folder = FOLDER.get();
    start(
        ObjectStoreServer.choose(
                cache(), folder.resolve("s3"), folder.resolve("s3proxy.properties"), store)
            .spec(log("s3")));
    return store;
  }

  private static Mlflow findMlflow() throws IOException, InterruptedException {
    var platform = platform().orElse(null);
    if (platform != null) {
      return new Mlflow(platform.address("mlflow"));
    }
    var access = new Mlflow(URI.create("http://127.0.0.1:" + freePort()));
    var database = ownDatabase("mlflow");
    start(
        new MlflowServer(python(), access, database, s3())
            .spec(FOLDER.get().resolve("mlflow"), log("mlflow")));
    return access;
  }

  private static Ray findRay() throws IOException, InterruptedException {
    var platform = platform().orElse(null);
    if (platform != null) {
      return new Ray(
          platform.address("ray"),
          credentials(platform).rayToken(),
          platform.address("ray_agent"),
          platform.python());
    }
    var head =
        new RayHead(
            python(),
            RayPorts.from(TestEngines::freePort),
            CREDENTIALS.rayToken(),
            FOLDER.get().resolve("ray"),
            4);
    start(head.spec(log("ray")));
    return head.access();
  }

  private static Feast findFeast() throws IOException, InterruptedException {
    var platform = platform().orElse(null);
    if (platform != null) {
      return new Feast(
          platform.address("feast"),
          credentials(platform).feastToken(),
          postgres().database("feast", "feast"),
          s3());
    }
    var access =
        new Feast(
            URI.create("http://127.0.0.1:" + freePort()),
            CREDENTIALS.feastToken(),
            ownDatabase("feast"),
            s3());
    start(
        new FeastServer(python(), feastSources(), access)
            .spec(FOLDER.get().resolve("feast"), log("feast")));
    return access;
  }

  private static Database ownDatabase(String role) {
    postgres().ensureRole(role);
    postgres().ensureDatabase(role, role);
    return postgres().database(role, role);
  }

  /** The Python package beside this module, found from any module's folder. */
  private static Path feastSources() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      var sources = folder.resolve("feature-gateway/src/main/python");
      if (Files.isDirectory(sources.resolve("matih_feast"))) {
        return sources;
      }
    }
    throw new IllegalStateException(
        "No feature-gateway/src/main/python/matih_feast above " + Path.of("").toAbsolutePath());
  }

  private static Cache cache() {
    return Home.standard().cache();
  }

  private static Path log(String name) {
    return FOLDER.get().resolve("logs").resolve(name + ".log");
  }

  private static void start(ProcessSpec spec) throws IOException, InterruptedException {
    System.err.println("test engines: starting " + spec.name() + ", log " + spec.log());
    var process = RunningProcess.start(spec, owner());
    synchronized (STARTED) {
      STARTED.push(process);
    }
    process.awaitReady();
  }

  private static String owner() {
    return FOLDER.get().toString();
  }

  /**
   * A folder of this JVM; leftovers of JVMs that were killed are stopped and removed on the way.
   */
  private static Path makeFolder() throws IOException {
    var root =
        Path.of(System.getProperty("java.io.tmpdir"), "matih-" + System.getProperty("user.name"));
    Files.createDirectories(root);
    sweep(root);
    var folder = root.resolve(Long.toString(ProcessHandle.current().pid()));
    Installation.delete(folder);
    Files.createDirectories(folder);
    Json.write(folder.resolve("jvm.json"), ProcessIdentity.current());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAll(folder), "test-engines"));
    return folder;
  }

  private static void sweep(Path root) throws IOException {
    try (var folders = Files.list(root)) {
      for (var folder : folders.toList()) {
        var mark = folder.resolve("jvm.json");
        if (Files.exists(mark) && !Json.read(mark, ProcessIdentity.class).alive()) {
          ProcessFamily.stopAllOf(folder.toString());
          Installation.delete(folder);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stopAll(Path folder) {
    try {
      synchronized (STARTED) {
        for (var process : STARTED) {
          process.stop();
        }
      }
      Installation.delete(folder);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      System.err.println("test engines: " + folder + " could not be removed: " + e.getMessage());
    }
  }

  /** A free port below those that the system lends to outgoing connections. */
  static int freePort() {
    while (true) {
      var port = RandomGenerator.getDefault().nextInt(20_000, 32_000);
      try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException _) {
        // Taken; the next one may be free.
      }
    }
  }

  /** A value made on first use; whoever asks meanwhile waits, and a failure is told to everyone. */
  private static final class Lazy<T> implements Supplier<T> {

    interface Maker<T> {
      T make() throws IOException, InterruptedException;
    }

    private final Maker<T> maker;
    private @Nullable T value;
    private @Nullable RuntimeException failure;

    Lazy(Maker<T> maker) {
      this.maker = maker;
    }

    @Override
    public synchronized T get() {
      if (failure != null) {
        throw failure;
      }
      if (value == null) {
        try {
          value = maker.make();
        } catch (IOException e) {
          failure = new UncheckedIOException(e);
          throw failure;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException(e);
        } catch (RuntimeException e) {
          failure = e;
          throw e;
        }
      }
      return value;
    }
  }
}
