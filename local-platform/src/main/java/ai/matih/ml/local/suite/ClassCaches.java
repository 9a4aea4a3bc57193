package ai.matih.ml.local.suite;

import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes each service's ahead-of-time cache of loaded and linked classes, which halves its next
 * start. It takes half a minute of one core per service and build, so it happens once, with the
 * lowest priority, when a platform has been running for a while. {@code MATIH_ML_AOT=off} leaves it
 * out.
 */
public final class ClassCaches implements Runnable {

  private static final Duration SETTLED = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  /** Says how a service is run now. */
  @FunctionalInterface
  public interface Specification {
    ProcessSpec of(Service service) throws IOException, InterruptedException;
  }

  private final List<Service> services;
  private final Specification specification;
  private final Path logs;
  private final String owner;
  private @Nullable RunningProcess training;

  public ClassCaches(List<Service> services, Specification specification, Path logs, String owner) {
    this.services = List.copyOf(services);
    this.specification = specification;
    this.logs = logs;
    this.owner = owner;
  }

  @Override
  public void run() {
    if ("off".equals(System.getenv("MATIH_ML_AOT"))) {
      return;
    }
    try {
      Thread.sleep(SETTLED);
      for (var service : services) {
        make(specification.of(service), service);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // A cache is a convenience: without it the service only starts more slowly.
      System.err.println("no ahead-of-time cache: " + e.getMessage());
    } finally {
      stopTraining();
    }
  }

  private void make(ProcessSpec running, Service service) throws IOException, InterruptedException {
    var jar = Path.of(running.command().getLast());
    var cache = JavaService.aotCache(jar);
    var fresh = cache.resolveSibling(cache.getFileName() + ".new");
    if (Files.exists(cache)) {
      return;
    }
    Files.deleteIfExists(fresh);
    var process = RunningProcess.start(trainingRun(running, service, fresh), owner);
    training = process;
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (process.alive() && System.nanoTime() < deadline) {
      Thread.sleep(500);
    }
    process.stop();
    if (Files.exists(fresh)) {
      Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * The same command, which ends before it would listen or work, and writes down what it has
   * loaded.
   */
  private ProcessSpec trainingRun(ProcessSpec running, Service service, Path cache) {
    var command = new ArrayList<>(List.of("nice", "-n", "19"));
    command.addAll(running.command());
    var jar = command.indexOf("-jar");
    command.addAll(jar, List.of("-XX:AOTCacheOutput=" + cache, "-Dspring.context.exit=onRefresh"));
    return new ProcessSpec(
        service.wire() + "-classes",
        command,
        new HashMap<>(running.environment()),
        running.directory(),
        logs.resolve("classes.log"),
        0,
        () -> true,
        PATIENCE,
        running.stopSignal(),
        Duration.ofSeconds(2));
  }

  private void stopTraining() {
    var process = training;
    if (process != null) {
      var interrupted = Thread.interrupted();
      try {
        process.stop();
      } catch (InterruptedException _) {
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
