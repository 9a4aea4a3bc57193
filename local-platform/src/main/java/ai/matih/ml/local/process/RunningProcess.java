package ai.matih.ml.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A started program. It is found again by its identity, so another process may go on watching it.
 */
public final class RunningProcess {

  /**
   * Settings of the caller's shell that would reach into programs which must behave the same
   * everywhere.
   */
  private static final List<String> FOREIGN_PREFIXES =
      List.of(
          "AWS_",
          "MLFLOW_",
          "RAY_",
          "FEAST_",
          "PG",
          "PYTHON",
          "VIRTUAL_ENV",
          "CONDA_",
          "SPRING_",
          "S3_",
          "DATABASE_",
          "MINIO_",
          "MANAGEMENT_",
          "SERVER_",
          "UV_",
          "OTEL_",
          "MAVEN_",
          "TMPDIR");

  private static final Set<String> FOREIGN =
      Set.of(
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS",
          "CLASSPATH",
          "LD_PRELOAD",
          "JWKS_FILE",
          "SIGNING_KEY_FILE",
          "PUBLIC_URL",
          "API_URL",
          "TRAINING_URL",
          "REGISTRY_URL",
          "FEATURES_URL",
          "SERVING_URL",
          "PREDICTIONS_URL",
          "PREDICTIONS_PORT",
          "GRPC_PORT",
          "ONLINE_FEATURES_URL",
          "ONLINE_FEATURES_PORT",
          "DATA_DIR",
          "BOOTSTRAP_KEY_SHA256");

  private final ProcessSpec spec;
  private final ProcessIdentity identity;
  private final ProcessFamily family;

  private RunningProcess(ProcessSpec spec, ProcessIdentity identity, String owner) {
    this.spec = spec;
    this.identity = identity;
    this.family = new ProcessFamily(identity, mark(owner, spec.name()));
  }

  /**
   * The mark that all members of one program's family carry; one owner never runs two of the same
   * name.
   */
  public static String mark(String owner, String name) {
    return ProcessFamily.mark(owner, name);
  }

  /** Starts the program in a session of its own, its output appended to the log file. */
  public static RunningProcess start(ProcessSpec spec, String owner) throws IOException {
    Files.createDirectories(spec.directory());
    var log = spec.log().toAbsolutePath();
    Files.createDirectories(Optional.ofNullable(log.getParent()).orElse(Path.of(".")));
    var command = new ArrayList<>(Session.PREFIX);
    command.addAll(spec.command());
    var builder =
        new ProcessBuilder(command)
            .directory(spec.directory().toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    clean(builder.environment());
    builder.environment().putAll(spec.environment());
    builder.environment().put(ProcessFamily.MARK, mark(owner, spec.name()));
    var process = builder.start();
    return new RunningProcess(spec, ProcessIdentity.of(process.toHandle()), owner);
  }

  /** Takes over a program that somebody else started earlier; empty when it is gone. */
  public static Optional<RunningProcess> adopt(
      ProcessSpec spec, ProcessIdentity identity, String owner) {
    return identity.alive()
        ? Optional.of(new RunningProcess(spec, identity, owner))
        : Optional.empty();
  }

  /** Ends what an earlier process of this name has left, the process itself included. */
  public static void endRemains(ProcessSpec spec, Optional<ProcessIdentity> earlier, String owner)
      throws InterruptedException {
    var nobody = new ProcessIdentity(-1, Instant.EPOCH);
    new ProcessFamily(earlier.orElse(nobody), mark(owner, spec.name()))
        .stop(spec.stopSignal(), spec.stopPatience());
  }

  /** Removes what would change a program's behaviour behind our back. */
  static void clean(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(
            name -> FOREIGN.contains(name) || FOREIGN_PREFIXES.stream().anyMatch(name::startsWith));
  }

  public ProcessSpec spec() {
    return spec;
  }

  public ProcessIdentity identity() {
    return identity;
  }

  public ProcessFamily family() {
    return family;
  }

  public boolean alive() {
    return identity.alive();
  }

  /**
   * Waits until the program serves; fails with the end of its log when it ends or takes too long.
   */
  public void awaitReady() throws InterruptedException {
    var deadline = System.nanoTime() + spec.startPatience().toNanos();
    while (true) {
      if (!alive()) {
        throw new StartFailure(spec, "it ended while starting");
      }
      if (spec.readiness().ready()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new StartFailure(
            spec, "it was not ready after " + spec.startPatience().toSeconds() + " s");
      }
      Thread.sleep(100);
    }
  }

  /** Ends the program and everything it started. Repeatable. */
  public void stop() throws InterruptedException {
    family.stop(spec.stopSignal(), spec.stopPatience());
  }

  /**
   * The command that begins a new session and then becomes the program, keeping its process number.
   */
  private static final class Session {
    static final List<String> PREFIX = find();

    private static List<String> find() {
      if (works(List.of("setsid", "true"))) {
        return List.of("setsid");
      }
      var perl = List.of("perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV or die $!");
      return works(perl) ? perl : List.of();
    }

    private static boolean works(List<String> prefix) {
      var command = new ArrayList<>(prefix);
      if (prefix.getFirst().equals("perl")) {
        command.add("true");
      }
      try {
        var process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
      } catch (IOException _) {
        return false;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
