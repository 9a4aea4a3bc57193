package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.suite.PlatformPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures: the platform's start here, everything else by the programs of the module {@code
 * benchmarks}.
 */
final class Bench {

  private final Home home;
  private final Path root;
  private final Arguments arguments;

  Bench(Home home, Path root, Arguments arguments) {
    this.home = home;
    this.root = root;
    this.arguments = arguments;
  }

  int run() throws IOException, InterruptedException {
    if (arguments.words().isEmpty()) {
      throw new WrongUsage("./ml bench startup | door | registry");
    }
    return switch (arguments.words().getFirst()) {
      case "startup" -> startup();
      case "registry" -> registry();
      default -> program(home, new Up(home, root, arguments).ensure());
    };
  }

  private int program(Home of, PlatformState state) throws IOException, InterruptedException {
    return Program.run(
        of,
        state,
        root.resolve("benchmarks/target/benchmarks.jar"),
        "ai.matih.ml.benchmarks.Benchmarks",
        arguments.words());
  }

  /** On a platform of its own, since thousands of made-up versions are nothing to keep. */
  private int registry() throws IOException, InterruptedException {
    var own = home.beside("bench");
    new Reset(own).delete();
    try {
      return program(own, new Up(own, root, onFreePorts()).ensure());
    } finally {
      new Reset(own).delete();
    }
  }

  private static Arguments onFreePorts() {
    return new Arguments(
        "up", List.of(), Map.of("port-offset", Integer.toString(FreePorts.offset(2_000))));
  }

  /**
   * Starts a platform of its own twice: with empty data, and again on what the first start left.
   */
  private int startup() throws IOException, InterruptedException {
    var own = home.beside("bench");
    new Reset(own).delete();
    var upArguments = onFreePorts();
    try {
      var cold = measure(own, upArguments);
      new Down(own).run();
      var warm = measure(own, upArguments);
      var state = PlatformState.read(own.state()).orElseThrow();
      print(cold, warm, new Status(own).rows(state));
      return 0;
    } finally {
      new Reset(own).delete();
    }
  }

  /** Seconds until everything was ready, and each part's own seconds. */
  record Start(double seconds, Map<String, Double> parts) {}

  private Start measure(Home own, Arguments upArguments) throws IOException, InterruptedException {
    var began = System.nanoTime();
    var state = new Up(own, root, upArguments).ensure();
    var seconds = (System.nanoTime() - began) / 1e9;
    return new Start(
        seconds,
        state.parts().stream()
            .collect(
                Collectors.toMap(
                    PlatformState.Part::name,
                    part ->
                        part.readyAfterMillis() == null ? 0 : part.readyAfterMillis() / 1000.0)));
  }

  private static void print(Start cold, Start warm, List<Status.Row> rows) {
    System.out.printf(
        "%n%-24s %10s %10s %12s %10s%n", "process", "cold s", "warm s", "memory MB", "RSS MB");
    for (var row : rows) {
      System.out.printf(
          "%-24s %10s %10s %12d %10d%n",
          row.name(),
          seconds(cold.parts().get(row.name())),
          seconds(warm.parts().get(row.name())),
          row.proportionalBytes() >> 20,
          row.residentBytes() >> 20);
    }
    System.out.printf(
        "%-24s %10.1f %10.1f %12d %10d%n",
        "all, until ready",
        cold.seconds(),
        warm.seconds(),
        rows.stream().mapToLong(Status.Row::proportionalBytes).sum() >> 20,
        rows.stream().mapToLong(Status.Row::residentBytes).sum() >> 20);
    System.out.println(
        "cold: empty data folder; warm: data of an earlier start. Door "
            + PlatformPorts.withOffset(0).door()
            + " is left alone.");
  }

  private static String seconds(@org.jspecify.annotations.Nullable Double value) {
    return value == null ? "" : "%.1f".formatted(value);
  }
}
