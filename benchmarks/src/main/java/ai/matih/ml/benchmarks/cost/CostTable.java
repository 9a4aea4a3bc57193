package ai.matih.ml.benchmarks.cost;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Prints costs side by side. */
public final class CostTable {

  private final PrintStream out;

  public CostTable(PrintStream out) {
    this.out = out;
  }

  /**
   * One comparison.
   *
   * @param costs ours first; the others are compared with it
   */
  public void print(String title, Map<String, Cost> costs) {
    out.printf(
        "%n%s%n%-14s %12s %12s %9s %9s %9s %10s %10s%n",
        title, "", "CPU us/req", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "CPU x", "p99 x");
    Cost ours = costs.values().iterator().next();
    costs.forEach(
        (name, cost) ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "%-14s %12.0f %12.0f %9.2f %9.2f %9.2f %10.2f %10.2f",
                    name,
                    cost.cpuMicros(),
                    cost.load().requestsPerSecond(),
                    cost.load().p50Millis(),
                    cost.load().p99Millis(),
                    cost.load().p999Millis(),
                    cost.cpuMicros() / ours.cpuMicros(),
                    cost.load().p99Millis() / ours.load().p99Millis())));
  }

  /** What the machine was busy with, so that a run on a busy one says so. */
  public void machine() throws IOException {
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    int processors = Runtime.getRuntime().availableProcessors();
    out.printf(
        "%nOne machine, %d processors, shared by the load tool and all servers; load average %s"
            + " before the first round%s.%n",
        processors,
        load,
        Double.parseDouble(load) > processors / 2.0
            ? ": IT IS BUSY WITH OTHER WORK, the numbers are worse than they should be"
            : "");
  }
}
