package ai.matih.ml.benchmarks.door;

import ai.matih.ml.benchmarks.Options;
import ai.matih.ml.benchmarks.load.Load;
import ai.matih.ml.benchmarks.load.Measurement;
import ai.matih.ml.benchmarks.load.Rounds;
import ai.matih.ml.benchmarks.load.Target;
import ai.matih.ml.benchmarks.platform.Door;
import ai.matih.ml.benchmarks.platform.Platform;
import ai.matih.ml.benchmarks.platform.SmallModel;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for the same prediction through the door, straight at the router and through nginx to the
 * same router, in interleaved rounds.
 */
public final class DoorBenchmark {

  private static final String PREDICT = "/api/v1/ml/predict";
  private static final String ROUTER = "predictions";

  private final Options options;
  private final PrintStream out;

  public DoorBenchmark(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public void run() throws IOException, InterruptedException {
    Platform platform = Platform.of(System.getenv());
    byte[] request = request(platform);
    Optional<Nginx> nginx = nginx(platform);
    try {
      List<Target> targets = targets(platform, nginx, request);
      out.printf(
          "%nPOST %s, %d bytes; %d rounds of %d s on each target, in turns, after %d s of warm-up;"
              + " medians. One machine, %d processors, shared by load tool and servers.%n",
          PREDICT,
          request.length,
          options.rounds(),
          options.round().toSeconds(),
          options.warmUp().toSeconds(),
          Runtime.getRuntime().availableProcessors());
      for (int connections : options.connections()) {
        Comparison.print(out, connections, measure(targets, connections));
      }
    } finally {
      nginx.ifPresent(Nginx::close);
    }
  }

  private byte[] request(Platform platform) throws IOException, InterruptedException {
    Optional<Path> given = options.request();
    if (given.isPresent()) {
      return Files.readAllBytes(given.get());
    }
    out.println(
        "Preparing the model " + SmallModel.Shape.DOOR.id() + " (trained once, then found again)");
    try (Door door = new Door(platform.door(), platform.key())) {
      SmallModel model = new SmallModel(door, SmallModel.Shape.DOOR);
      return Door.bytes(model.question(model.version(), 1));
    }
  }

  private Optional<Nginx> nginx(Platform platform) throws IOException, InterruptedException {
    if (platform.local().isEmpty()) {
      out.println("MATIH_PLATFORM names no local platform: only its door is measured.");
      return Optional.empty();
    }
    Optional<Path> program = Nginx.program(System.getenv().getOrDefault("PATH", ""));
    if (program.isEmpty()) {
      out.println(
          "nginx is not installed, its row is left out. To have it: apt-get install nginx-light");
      return Optional.empty();
    }
    return Optional.of(Nginx.start(program.get(), platform.local().get().address(ROUTER)));
  }

  private List<Target> targets(Platform platform, Optional<Nginx> nginx, byte[] request)
      throws IOException {
    List<Target> targets = new ArrayList<>();
    if (platform.local().isPresent()) {
      Platform.Local local = platform.local().get();
      String token = local.token("inference");
      targets.add(at("router", local.address(ROUTER), token, request));
      nginx.ifPresent(proxy -> targets.add(at("nginx", proxy.address(), token, request)));
    }
    targets.add(at("door", platform.door(), platform.key(), request));
    return targets;
  }

  private static Target at(String name, URI server, String token, byte[] request) {
    return Target.post(name, server.resolve(PREDICT), token, request);
  }

  private Map<String, List<Measurement>> measure(List<Target> targets, int connections)
      throws InterruptedException {
    for (Target target : targets) {
      Load.on(target, connections, options.warmUp());
    }
    return Rounds.inTurns(
        targets, options.rounds(), target -> Load.on(target, connections, options.round()));
  }
}
