package ai.matih.ml.serving.sketch;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.bundle.ReferenceProfile.Numbers;
import ai.matih.ml.bundle.ReferenceProfile.Texts;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * What counting one prediction costs, in processor time of the counting thread. Run by hand: {@code
 * ./mvnw -pl serving-router test-compile}, then this class with the test class path.
 */
final class SketchCost {

  private static final int ROUNDS = 7;
  private static final int PER_ROUND = 1_000_000;

  private SketchCost() {}

  public static void main(String[] arguments) throws InterruptedException {
    for (int threads : new int[] {1, 2}) {
      measure("30 numbers", 30, 0, threads);
      measure("20 numbers, 10 texts", 20, 10, threads);
    }
  }

  private static void measure(String name, int numbers, int texts, int threads)
      throws InterruptedException {
    Signature signature = signature(numbers, texts);
    LongAdder dropped = new LongAdder();
    Sketch sketch =
        new Sketch(
            ReferenceCells.of(signature, Optional.of(profile(numbers, texts))), signature, dropped);
    long[] nanos = new long[threads];
    long[] bytes = new long[threads];
    List<Thread> all =
        IntStream.range(0, threads)
            .mapToObj(
                i ->
                    Thread.ofPlatform()
                        .start(
                            () -> nanos[i] = fastest(sketch, signature, numbers, texts, bytes, i)))
            .toList();
    for (Thread thread : all) {
      thread.join();
    }
    double each = IntStream.range(0, threads).mapToLong(i -> nanos[i]).average().orElse(0);
    System.out.printf(
        "%-22s %d threads  %6.0f ns per prediction  %5.1f ns per input  %d bytes allocated  %d dropped%n",
        name,
        threads,
        each / PER_ROUND,
        each / PER_ROUND / (numbers + texts),
        bytes[0] / PER_ROUND,
        dropped.sum());
  }

  private static long fastest(
      Sketch sketch, Signature signature, int numbers, int texts, long[] bytes, int thread) {
    com.sun.management.ThreadMXBean times =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Batch[] batches = batches(signature, numbers, texts);
    Scores scores = new Scores(signature, 1, new float[] {0.3f, 0.7f});
    Duration latency = Duration.ofMillis(1);
    long fastest = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long allocated = times.getCurrentThreadAllocatedBytes();
      long started = times.getCurrentThreadCpuTime();
      for (int i = 0; i < PER_ROUND; i++) {
        sketch.answered(batches[i & 1023], scores, latency);
      }
      fastest = Math.min(fastest, times.getCurrentThreadCpuTime() - started);
      bytes[thread] = times.getCurrentThreadAllocatedBytes() - allocated;
    }
    return fastest;
  }

  private static Signature signature(int numbers, int texts) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < numbers; i++) {
      columns.add(new Column("n" + i, ColumnType.DOUBLE, true));
    }
    for (int i = 0; i < texts; i++) {
      columns.add(new Column("t" + i, ColumnType.STRING, true));
    }
    return new Signature(2, Task.CLASSIFICATION, columns, List.of(0L, 1L), Optional.empty());
  }

  private static ReferenceProfile profile(int numbers, int texts) {
    Map<String, ReferenceProfile.Column> columns = new HashMap<>();
    for (int i = 0; i < numbers; i++) {
      columns.put(
          "n" + i,
          new Numbers(
              0.05,
              List.of(-3.0, -1.28, -0.84, -0.52, -0.25, 0.0, 0.25, 0.52, 0.84, 1.28, 3.0),
              IntStream.range(0, 10).mapToObj(_ -> 0.1).toList()));
    }
    Map<String, Double> categories = new HashMap<>();
    IntStream.range(0, 20).forEach(i -> categories.put("category-" + i, 0.05));
    for (int i = 0; i < texts; i++) {
      columns.put("t" + i, new Texts(0, categories, 0));
    }
    return new ReferenceProfile(10_000, columns);
  }

  /** Texts are made anew for each, as a parser does: their hashes are not known yet. */
  private static Batch[] batches(Signature signature, int numbers, int texts) {
    SplittableRandom random = new SplittableRandom(1);
    Batch[] batches = new Batch[1024];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = new Batch(signature, 1);
      for (int n = 0; n < numbers; n++) {
        batches[i].number(0, n, random.nextGaussian());
      }
      for (int t = 0; t < texts; t++) {
        batches[i].text(0, numbers + t, "category-" + random.nextInt(22));
      }
    }
    return batches;
  }
}
