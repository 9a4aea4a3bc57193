package ai.matih.ml.serving.bundlecheck.process;

import ai.matih.ml.serving.bundlecheck.Check;
import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.bundlecheck.CheckLimits;
import ai.matih.ml.serving.bundlecheck.CheckRunner;
import ai.matih.ml.serving.engine.Bundle;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Starts a small Java process per bundle, with a limit on memory and time, an empty environment and
 * a folder of its own. A model that takes its process down has shown what it would have done to the
 * router.
 */
public final class ProcessCheckRunner implements CheckRunner {

  private static final Logger log = LoggerFactory.getLogger(ProcessCheckRunner.class);
  private static final int MAX_LINES = 100;
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  /** Address space of the process; Java itself reserves about two thirds of it. */
  private static final long MAX_KIB = 4L << 20;

  private final Path bundles;
  private final CheckLimits limits;
  private final Duration limit;

  /**
   * @param bundles the folder of verified bundles, one sub-folder per digest
   * @param limit how long the checks of one bundle may take
   */
  public ProcessCheckRunner(Path bundles, CheckLimits limits, Duration limit) {
    this.bundles = bundles;
    this.limits = limits;
    this.limit = limit;
  }

  @Override
  public List<Check> run(Bundle bundle, Optional<Duration> latencyBudget) {
    try {
      Path scratch = Files.createTempDirectory("bundle-check-");
      try {
        return run(bundle, latencyBudget.orElse(limits.latencyBudget()), scratch);
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Check> run(Bundle bundle, Duration latencyBudget, Path scratch) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(bundle, latencyBudget, scratch));
    builder.environment().clear();
    // Not as an argument: ONNX Runtime 1.29 crashes in a process with a command line of many
    // kilobytes.
    builder.environment().put("CLASSPATH", CLASS_PATH);
    builder.redirectError(scratch.resolve("stderr").toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    AtomicBoolean late = new AtomicBoolean();
    Thread watch = Thread.ofVirtual().start(() -> endInTime(process, late));
    List<Check> checks = new ArrayList<>();
    @Nullable Name under = null;
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (int i = 0; i < MAX_LINES; i++) {
        String line = lines.readLine();
        if (line == null) {
          break;
        }
        CheckLine wire = CheckLine.of(line);
        under = wire.name();
        wire.check().ifPresent(checks::add);
      }
    } catch (JacksonException e) {
      log.warn("the check process of {} printed something else than checks", bundle.digest());
      process.destroyForcibly();
    }
    int exit = await(process);
    watch.interrupt();
    if (exit != 0) {
      log.info(
          "the check process of {} ended with {} in {}: {}",
          bundle.digest(),
          exit,
          under,
          tail(scratch));
      Check broken = broken(under, late.get(), exit);
      checks.removeIf(check -> check.name() == broken.name());
      checks.add(broken);
    }
    return checks;
  }

  /** A process that had begun nothing says nothing about the model. */
  private Check broken(@Nullable Name under, boolean late, int exit) {
    Map<String, Object> measured = Map.of("exit_status", exit);
    if (under == null) {
      return new Check(
          Name.LOADS,
          Check.Outcome.NOT_RUN,
          late
              ? "The checks had not begun within %s.".formatted(limit)
              : "The process of the checks could not begin (exit status %d).".formatted(exit),
          measured);
    }
    return new Check(
        under,
        Check.Outcome.FAILED,
        late
            ? "The model did not finish within %d s.".formatted(limit.toSeconds())
            : "The model took its process down.",
        measured);
  }

  private void endInTime(Process process, AtomicBoolean late) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        late.set(true);
        // By its handle: Process.destroyForcibly also closes the stream, under whoever reads it.
        process.toHandle().destroyForcibly();
      }
    } catch (InterruptedException e) {
      // The checks are over; nothing is left to end.
      Thread.currentThread().interrupt();
    }
  }

  private static int await(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private List<String> command(Bundle bundle, Duration latencyBudget, Path scratch) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                "ulimit -v " + MAX_KIB + " && ulimit -c 0 && exec \"$@\"",
                "bundle-check",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=32m",
                "-XX:CompressedClassSpaceSize=64m",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + scratch));
    if (isBootJar(CLASS_PATH)) {
      command.add("-Dloader.main=" + CheckProcess.class.getName());
      command.add("org.springframework.boot.loader.launch.PropertiesLauncher");
    } else {
      command.add(CheckProcess.class.getName());
    }
    command.add(bundles.resolve(bundle.digest().hex()).toString());
    command.add(bundle.digest().value());
    command.add(latencyBudget.toString());
    command.add(Integer.toString(limits.minGoldenRows()));
    return command;
  }

  private static boolean isBootJar(String classPath) {
    if (classPath.contains(File.pathSeparator) || !classPath.endsWith(".jar")) {
      return false;
    }
    try (JarFile jar = new JarFile(classPath)) {
      return jar.getEntry("BOOT-INF/classes/") != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static String tail(Path scratch) {
    try {
      String text = Files.readString(scratch.resolve("stderr"));
      return text.substring(Math.max(0, text.length() - 500)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  log.debug("{} stays behind", file);
                }
              });
    } catch (IOException e) {
      log.debug("{} stays behind", folder);
    }
  }
}
