package ai.matih.ml.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;

/**
 * A closed loop: each connection sends its next request when the last one is answered. Such load
 * never queues at the server beyond the number of connections, so the latencies hold for that many
 * callers and say nothing about overload.
 */
public final class Load {

  private Load() {}

  /**
   * Keeps the target busy for a while.
   *
   * @throws IllegalStateException when an answer is not 200, with that answer
   */
  public static Measurement on(Target target, int connections, Duration time)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    return on(target, connections, _ -> System.nanoTime() < end);
  }

  /** Sends this many requests over one connection. */
  public static Measurement times(Target target, int requests) throws InterruptedException {
    return on(target, 1, sent -> sent < requests);
  }

  private static Measurement on(Target target, int connections, IntPredicate more)
      throws InterruptedException {
    long began = System.nanoTime();
    try (ExecutorService callers = Executors.newFixedThreadPool(connections)) {
      List<Future<long[]>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        running.add(callers.submit(() -> call(target, more)));
      }
      List<long[]> latencies = new ArrayList<>();
      for (Future<long[]> caller : running) {
        latencies.add(caller.get());
      }
      return Measurement.of(joined(latencies), System.nanoTime() - began);
    } catch (ExecutionException e) {
      throw new IllegalStateException(target.name() + ": " + e.getCause(), e.getCause());
    }
  }

  private static long[] call(Target target, IntPredicate more) {
    long[] latencies = new long[4096];
    int count = 0;
    try (Connection connection = new Connection(target)) {
      long now = System.nanoTime();
      while (more.test(count)) {
        Connection.Reply reply = connection.call();
        long after = System.nanoTime();
        if (reply.status() != 200) {
          throw new IllegalStateException("answered " + reply.status() + ": " + reply.body());
        }
        if (count == latencies.length) {
          latencies = Arrays.copyOf(latencies, count * 2);
        }
        latencies[count++] = after - now;
        now = after;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arrays.copyOf(latencies, count);
  }

  private static long[] joined(List<long[]> parts) {
    return parts.stream().flatMapToLong(Arrays::stream).toArray();
  }
}
