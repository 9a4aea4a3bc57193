package ai.matih.ml.benchmarks;

import ai.matih.ml.benchmarks.door.DoorBenchmark;
import java.io.IOException;
import java.util.List;

/** The entry point behind {@code ./ml bench}. Exit codes: 0 measured, 1 failed, 2 wrongly typed. */
public final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] typed) {
    System.exit(run(List.of(typed)));
  }

  private static int run(List<String> words) {
    if (words.isEmpty() || !words.getFirst().equals("door")) {
      System.err.println("There is one benchmark here: door. See docs/reference/benchmarks.md");
      return 2;
    }
    try {
      new DoorBenchmark(Options.parse(words.subList(1, words.size())), System.out).run();
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
