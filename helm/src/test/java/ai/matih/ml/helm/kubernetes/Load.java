package ai.matih.ml.helm.kubernetes;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers who ask the same things again and again until this is closed, a caller for each thing. No
 * call is repeated: what fails has failed.
 */
final class Load implements AutoCloseable {

  /** A call, which throws if it is not answered as it should be. */
  interface Call {
    void make();
  }

  /** The pause of a caller between two calls, so that a small machine has time for the rest. */
  private static final Duration PAUSE = Duration.ofMillis(25);

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, LongAdder> answered = new ConcurrentHashMap<>();
  private final List<String> failed = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean over;

  private Load(Map<String, Call> calls) {
    calls.forEach(
        (name, call) -> {
          LongAdder count = new LongAdder();
          answered.put(name, count);
          callers.execute(() -> repeat(name, call, count));
        });
  }

  static Load of(Map<String, Call> calls) {
    return new Load(calls);
  }

  private void repeat(String name, Call call, LongAdder count) {
    while (!over) {
      try {
        call.make();
        count.increment();
      } catch (RuntimeException e) {
        failed.add(LocalTime.now(Clock.systemUTC()) + " " + name + ": " + e);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** Calls answered by now, by name. */
  Map<String, Long> answered() {
    Map<String, Long> counts = new TreeMap<>();
    answered.forEach((name, count) -> counts.put(name, count.sum()));
    return counts;
  }

  /** What has failed by now, in words. */
  List<String> failed() {
    return List.copyOf(failed);
  }

  /** Lets everybody finish the call that is under way, and tells what has failed. */
  List<String> end() {
    over = true;
    callers.close();
    return failed();
  }

  /** Waits until everybody has been answered so many times more. */
  void awaitMore(int calls) {
    Map<String, Long> before = answered();
    Cluster.await(
        () ->
            answered().entrySet().stream()
                .allMatch(now -> now.getValue() >= before.getOrDefault(now.getKey(), 0L) + calls),
        () -> "answered: " + answered() + ", failed: " + failed());
  }

  @Override
  public void close() {
    end();
  }
}
