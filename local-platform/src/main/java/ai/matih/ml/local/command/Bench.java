package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.suite.PlatformPorts;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * Measures: the platform's start here, everything else by the programs of the module {@code
 * benchmarks}.
 */
@Command(name = "bench", description = "measure")
final class Bench implements Callable<Integer> {

  private final Ml ml;

  @Mixin private StartOptions start = new StartOptions();

  @Parameters(paramLabel = "WHAT", description = "startup, door, registry, serving or features")
  private List<String> words = List.of();

  Bench(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (words.isEmpty()) {
      throw new WrongUsage("./ml bench startup | door | registry | serving | features");
    }
    return switch (words.getFirst()) {
      case "startup" -> startup();
      case "registry" -> registry();
      default -> program(ml.home(), start(ml.home(), start));
    };
  }

  private PlatformState start(Home own, StartOptions options)
      throws IOException, InterruptedException {
    return new PlatformStart(own, ml.root(), options).ensure();
  }

  private int program(Home of, PlatformState state) throws IOException, InterruptedException {
    return Program.run(
        of,
        state,
        ml.root().resolve("benchmarks/target/benchmarks.jar"),
        "ai.matih.ml.benchmarks.Benchmarks",
        words);
  }

  /** On a platform of its own, since thousands of made-up versions are nothing to keep. */
  private int registry() throws IOException, InterruptedException {
    var own = ml.home().beside("bench");
    Reset.delete(own);
    try {
      return program(own, start(own, onFreePorts()));
    } finally {
      Reset.delete(own);
    }
  }

  private static StartOptions onFreePorts() {
    return StartOptions.atOffset(FreePorts.offset(2_000));
  }

  /**
   * Starts a platform of its own twice: with empty data, and again on what the first start left.
   */
  private int startup() throws IOException, InterruptedException {
    var own = ml.home().beside("bench");
    Reset.delete(own);
    var ports = onFreePorts();
    try {
      var cold = measure(own, ports);
      new PlatformStop(own).stop();
      var warm = measure(own, ports);
      var state = PlatformState.read(own.state()).orElseThrow();
      print(cold, warm, Status.rows(own, state));
      return 0;
    } finally {
      Reset.delete(own);
    }
  }

  /** Seconds until everything was ready, and each part's own seconds. */
  record Start(double seconds, Map<String, Double> parts) {}

  private Start measure(Home own, StartOptions ports) throws IOException, InterruptedException {
    var began = System.nanoTime();
    var state = start(own, ports);
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
