package ai.matih.ml.benchmarks.registry;

import ai.matih.ml.benchmarks.load.Measurement;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One line per question: the medians of each target, and how far ours are ahead of MLflow. */
final class RatioTable {

  private final PrintStream out;

  RatioTable(PrintStream out, int connections) {
    this.out = out;
    out.printf(
        "%n%d connection%s%n%-24s %14s %14s %10s%n",
        connections,
        connections == 1 ? "" : "s",
        "p50 ms (requests/s)",
        "registry",
        "mlflow",
        "ahead");
  }

  /**
   * @param rounds of {@code registry} and {@code mlflow}
   */
  void row(String question, Map<String, List<Measurement>> rounds) {
    Map<String, Measurement> medians = new LinkedHashMap<>();
    rounds.forEach((name, measured) -> medians.put(name, Measurement.median(measured)));
    out.printf("%-24s", question);
    medians.values().forEach(median -> out.print(" " + cell(median)));
    out.printf(
        Locale.ROOT,
        " %8.1f x%n",
        ahead(medians.getOrDefault("registry", NONE), medians.getOrDefault("mlflow", NONE)));
  }

  private static final Measurement NONE =
      new Measurement(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  private static double ahead(Measurement ours, Measurement theirs) {
    return ours.requestsPerSecond() / theirs.requestsPerSecond();
  }

  private static String cell(Measurement median) {
    return String.format(
        Locale.ROOT,
        "%14s",
        String.format(Locale.ROOT, "%.1f (%.0f)", median.p50Millis(), median.requestsPerSecond()));
  }
}
