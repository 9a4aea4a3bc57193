package ai.matih.ml.benchmarks.door;

import ai.matih.ml.benchmarks.load.Measurement;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The table of one number of connections. */
final class Comparison {

  private Comparison() {}

  /** Prints medians, the spread of the rounds, and ratios to the first target. */
  static void print(PrintStream out, int connections, Map<String, List<Measurement>> rounds) {
    Map<String, Measurement> medians = new LinkedHashMap<>();
    rounds.forEach((name, measured) -> medians.put(name, Measurement.median(measured)));
    Map.Entry<String, Measurement> base = medians.entrySet().iterator().next();
    out.printf(
        "%n%d connection%s%n%-8s %12s %22s %10s %10s %14s%n",
        connections,
        connections == 1 ? "" : "s",
        "",
        "requests/s",
        "slowest..fastest round",
        "p50 ms",
        "p99 ms",
        "x " + base.getKey() + "'s r/s");
    medians.forEach(
        (name, median) ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "%-8s %12.0f %22s %10.2f %10.2f %14.2f",
                    name,
                    median.requestsPerSecond(),
                    spread(rounds.getOrDefault(name, List.of())),
                    median.p50Millis(),
                    median.p99Millis(),
                    ratio(median, base.getValue()))));
    Measurement door = medians.get("door");
    Measurement nginx = medians.get("nginx");
    if (door != null && nginx != null) {
      out.println(
          String.format(
              Locale.ROOT,
              "door / nginx: %.2f x requests/s, %.2f x p50, %.2f x p99",
              ratio(door, nginx),
              door.p50Millis() / nginx.p50Millis(),
              door.p99Millis() / nginx.p99Millis()));
    }
  }

  private static double ratio(Measurement one, Measurement other) {
    return one.requestsPerSecond() / other.requestsPerSecond();
  }

  private static String spread(List<Measurement> rounds) {
    return String.format(
        Locale.ROOT,
        "%.0f..%.0f",
        rounds.stream().mapToDouble(Measurement::requestsPerSecond).min().orElse(0),
        rounds.stream().mapToDouble(Measurement::requestsPerSecond).max().orElse(0));
  }
}
