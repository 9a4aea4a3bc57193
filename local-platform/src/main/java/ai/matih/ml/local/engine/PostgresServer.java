package ai.matih.ml.local.engine;

import ai.matih.ml.local.install.Cache;
import ai.matih.ml.local.install.Installation;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL from the archives that zonky publishes, listening on the loopback address only. */
public final class PostgresServer {

  static final String VERSION = "18.6";

  private final Path binaries;
  private final Path data;
  private final Postgres access;
  private final boolean durable;

  /**
   * @param durable false gives up the safety of data for speed, for tests only
   */
  public PostgresServer(Path binaries, Path data, Postgres access, boolean durable) {
    this.binaries = binaries;
    this.data = data;
    this.access = access;
    this.durable = durable;
  }

  /** Unpacks the archive for this machine. */
  public static Path install(Cache cache) throws InterruptedException {
    return cache
        .installation("postgresql-" + VERSION)
        .ensure(line -> {}, folder -> unpack(archive(), folder));
  }

  /** Creates the data folder unless it is there; an interrupted earlier attempt is thrown away. */
  public void initialize() throws IOException, InterruptedException {
    if (Files.exists(data.resolve("PG_VERSION"))) {
      return;
    }
    var fresh = data.resolveSibling(data.getFileName() + ".new");
    Installation.delete(fresh);
    Files.createDirectories(fresh);
    var password = Files.createTempFile(fresh.getParent(), "initdb", ".tmp");
    try {
      Files.writeString(password, access.password());
      var command = new ArrayList<>(asOrdinaryUser());
      command.addAll(
          List.of(
              binaries.resolve("bin/initdb").toString(),
              "--pgdata=" + fresh,
              "--username=" + access.user(),
              "--pwfile=" + password,
              "--auth=scram-sha-256",
              "--encoding=UTF8",
              "--locale=C",
              "--no-instructions"));
      if (!durable) {
        command.add("--no-sync");
      }
      run(command);
    } finally {
      Files.deleteIfExists(password);
    }
    Files.move(fresh, data);
  }

  public ProcessSpec spec(Path log) {
    var command = new ArrayList<>(asOrdinaryUser());
    command.addAll(
        List.of(
            binaries.resolve("bin/postgres").toString(),
            "-D",
            data.toString(),
            "-h",
            access.host(),
            "-p",
            Integer.toString(access.port()),
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=250",
            "-c",
            "shared_buffers=64MB",
            "-c",
            "jit=off",
            "-c",
            "timezone=UTC",
            "-c",
            "log_timezone=UTC"));
    if (!durable) {
      command.addAll(
          List.of("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"));
    }
    return new ProcessSpec(
        "postgres",
        command,
        Map.of("LC_ALL", "C"),
        data,
        log,
        access.port(),
        access::answers,
        Duration.ofSeconds(60),
        StopSignal.INT,
        Duration.ofSeconds(15));
  }

  /**
   * PostgreSQL refuses to run as root; a user namespace makes root look like somebody else to it.
   */
  private static List<String> asOrdinaryUser() throws IllegalStateException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return List.of();
    }
    try {
      run(List.of("unshare", "-U", "true"));
      return List.of("unshare", "-U");
    } catch (IOException _) {
      throw new IllegalStateException(
          "PostgreSQL refuses to run as root, and this machine allows no user namespaces."
              + " Run ./ml as an ordinary user.");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while preparing PostgreSQL");
    }
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    var output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " failed: " + output.strip());
    }
  }

  private static String archive() {
    var system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    var machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    var name = system.startsWith("mac") ? "darwin" : "linux";
    var arch = machine.equals("aarch64") || machine.equals("arm64") ? "arm_64" : "x86_64";
    return "/postgres-%s-%s.txz".formatted(name, arch);
  }

  private static void unpack(String resource, Path folder) throws IOException {
    try (InputStream archive = PostgresServer.class.getResourceAsStream(resource)) {
      if (archive == null) {
        throw new IOException("No PostgreSQL is packed for this kind of machine: " + resource);
      }
      var tar = new TarArchiveInputStream(new XZInputStream(archive));
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        var target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("The archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
          continue;
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, target);
          if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }
      }
    }
  }
}
