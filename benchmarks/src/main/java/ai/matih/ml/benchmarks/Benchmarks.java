package ai.matih.ml.benchmarks;

import ai.matih.ml.benchmarks.door.DoorBenchmark;
import ai.matih.ml.benchmarks.features.FeaturesBenchmark;
import ai.matih.ml.benchmarks.registry.RegistryBenchmark;
import ai.matih.ml.benchmarks.serving.ServingBenchmark;
import java.io.IOException;
import java.util.List;

/** The entry point behind {@code ./ml bench}. Exit codes: 0 measured, 1 failed, 2 wrongly typed. */
public final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] typed) {
    System.exit(run(List.of(typed)));
  }

  private static int run(List<String> words) {
    String name = words.isEmpty() ? "" : words.getFirst();
    List<String> typed = words.isEmpty() ? words : words.subList(1, words.size());
    try {
      switch (name) {
        case "door" -> new DoorBenchmark(Options.DOOR.changedBy(typed), System.out).run();
        case "registry" ->
            new RegistryBenchmark(Options.REGISTRY.changedBy(typed), System.out).run();
        case "serving" -> new ServingBenchmark(Options.SERVING.changedBy(typed), System.out).run();
        case "features" ->
            new FeaturesBenchmark(Options.FEATURES.changedBy(typed), System.out).run();
        default -> {
          System.err.println(
              "There are the benchmarks door, registry, serving and features. See docs/reference/benchmarks.md");
          return 2;
        }
      }
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 2;
    } catch (IOException | IllegalStateException e) {
      System.err.println(e.getMessage());
      return 1;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
