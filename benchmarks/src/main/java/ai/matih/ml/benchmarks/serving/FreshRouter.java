package ai.matih.ml.benchmarks.serving;

import ai.matih.ml.benchmarks.load.Load;
import ai.matih.ml.benchmarks.load.Measurement;
import ai.matih.ml.benchmarks.load.Target;
import ai.matih.ml.benchmarks.platform.Platform;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** The first half minute of a router that has just become ready, beside a later one. */
final class FreshRouter {

  private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Platform.Local local;
  private final Target target;
  private final PrintStream out;

  FreshRouter(Platform.Local local, Target target, PrintStream out) {
    this.local = local;
    this.target = target;
    this.out = out;
  }

  /** Ends the router, which the platform starts again, and measures it from ready on. */
  void measure(int connections) throws IOException, InterruptedException {
    long before = local.process("serving-router");
    ProcessHandle.of(before).ifPresent(ProcessHandle::destroy);
    awaitAnother(before);
    Measurement first = Load.on(target, connections, HALF_A_MINUTE);
    Measurement later = Load.on(target, connections, HALF_A_MINUTE);
    out.println(
        String.format(
            Locale.ROOT,
            "%nA router started again, %d connections: p99 %.2f ms in the first 30 s after ready,"
                + " %.2f ms in the next 30 s: %.2f x",
            connections,
            first.p99Millis(),
            later.p99Millis(),
            first.p99Millis() / later.p99Millis()));
  }

  private void awaitAnother(long before) throws IOException, InterruptedException {
    URI ready = local.address("serving").resolve("/actuator/health/readiness");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (ProcessHandle.of(before).isPresent() || !isReady(http, ready)) {
        if (System.nanoTime() > deadline) {
          throw new IOException("the router did not come back");
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  private static boolean isReady(HttpClient http, URI ready) throws InterruptedException {
    try {
      return http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException _) {
      return false;
    }
  }
}
