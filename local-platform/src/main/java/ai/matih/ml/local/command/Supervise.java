package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Credentials;
import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.PartPhase;
import ai.matih.ml.local.home.PlatformState.Phase;
import ai.matih.ml.local.process.ProcessIdentity;
import ai.matih.ml.local.suite.Settings;
import ai.matih.ml.local.suite.Suite;
import ai.matih.ml.local.supervision.PartPlan;
import ai.matih.ml.local.supervision.RestartPolicy;
import ai.matih.ml.local.supervision.StartPlan;
import ai.matih.ml.local.supervision.Supervisor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * The process that keeps a platform running; not typed by people. Ends with 0 when its end was
 * wanted.
 */
@Command(name = "supervise", hidden = true)
final class Supervise implements Callable<Integer> {

  private static final int PARALLEL_STARTS =
      Math.max(2, Runtime.getRuntime().availableProcessors());

  private final Ml ml;

  Supervise(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var home = ml.home();
    Files.createDirectories(home.run());
    try (var channel =
            FileChannel.open(
                home.run().resolve("supervisor.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var lock = channel.tryLock()) {
      if (lock == null) {
        System.err.println("Another supervisor already watches " + home.folder());
        return 0;
      }
      supervise(home);
      return 0;
    }
  }

  private static void supervise(Home home) throws IOException, InterruptedException {
    var settings = Json.read(home.settings(), Settings.class);
    var secrets = Json.read(home.credentials(), Credentials.class);
    var suite = new Suite(settings, secrets);
    var plan = suite.plan();
    var first = firstState(home, settings, plan);
    var supervisor =
        new Supervisor(plan, home.state(), first, PARALLEL_STARTS, RestartPolicy.standard());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(supervisor), "stop"));
    supervisor.start();
    var caches =
        suite
            .classCaches()
            .map(work -> Thread.startVirtualThread(() -> whenReady(supervisor, work)));
    supervisor.awaitEnd();
    if (caches.isPresent()) {
      caches.get().interrupt();
      caches.get().join();
    }
  }

  private static void whenReady(Supervisor supervisor, Runnable work) {
    try {
      supervisor.awaitReady();
      work.run();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** A signal ends the platform in order; the guard must see that this was no accident. */
  private static void stop(Supervisor supervisor) {
    try {
      supervisor.stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0);
  }

  private static PlatformState firstState(Home home, Settings settings, StartPlan plan)
      throws IOException {
    var earlier = PlatformState.read(home.state());
    var me = ProcessIdentity.current();
    return new PlatformState(
        home.owner(),
        Phase.STARTING,
        null,
        new PlatformState.Supervisor(me.pid(), me.startedAt()),
        Instant.now(java.time.Clock.systemUTC()),
        home.credentials().toString(),
        settings.python(),
        settings.ports().addresses(),
        plan.parts().stream().map(part -> waiting(home, part, earlier)).toList());
  }

  private static Part waiting(Home home, PartPlan plan, Optional<PlatformState> earlier) {
    var before =
        earlier.stream()
            .flatMap(state -> state.parts().stream())
            .filter(part -> part.name().equals(plan.name()) && part.identity().isPresent())
            .findFirst();
    return new Part(
        plan.name(),
        PartPhase.WAITING,
        before.map(Part::pid).orElse(null),
        before.map(Part::startedAt).orElse(null),
        before.map(Part::port).orElse(0),
        before.map(Part::restarts).orElse(0),
        null,
        null,
        home.log(plan.name()).toString(),
        before.map(Part::fingerprint).orElse(null));
  }
}
