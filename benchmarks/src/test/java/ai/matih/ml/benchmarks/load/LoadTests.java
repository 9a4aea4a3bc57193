package ai.matih.ml.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Load on a server of this JVM that answers in the forms that real ones use. */
class LoadTests {

  private static final byte[] BODY = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answered = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    answer("/fixed", 200, false, false);
    answer("/chunked", 200, true, false);
    answer("/closing", 200, false, true);
    answer("/refusing", 429, false, false);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(String path, int status, boolean chunked, boolean close) {
    server.createContext(
        path,
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          seen.add(exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
          answered.incrementAndGet();
          if (close) {
            exchange.getResponseHeaders().set("Connection", "close");
          }
          byte[] answer = "slow down, please".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, chunked ? 0 : answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
  }

  private Target target(String path) {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    return Target.post("server", address, "secret", BODY);
  }

  @Test
  void every_answer_is_counted_whatever_its_framing() throws InterruptedException {
    for (String path : List.of("/fixed", "/chunked", "/closing")) {
      answered.set(0);

      Measurement measured = Load.on(target(path), 4, Duration.ofMillis(300));

      assertThat(measured.requestsPerSecond()).as(path).isPositive();
      assertThat(measured.requestsPerSecond() * 0.3)
          .as(path + ": no more than the server answered")
          .isLessThanOrEqualTo(answered.get() + 0.001);
      assertThat(measured.p99Millis()).isGreaterThanOrEqualTo(measured.p50Millis());
    }
  }

  @Test
  void the_request_arrives_whole() throws InterruptedException {
    Load.on(target("/fixed"), 1, Duration.ofMillis(50));

    assertThat(seen).isNotEmpty().containsOnly("Bearer secret {\"a\":1}");
  }

  @Test
  void a_refusal_ends_the_measurement_with_its_reason() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Load.on(target("/refusing"), 2, Duration.ofMillis(200)))
        .withMessageContaining("429")
        .withMessageContaining("slow down");
  }

  @Test
  void quantiles_are_values_that_were_measured() {
    Measurement measured =
        Measurement.of(
            LongStream.rangeClosed(1, 100).map(n -> n * 1_000_000).toArray(), 2_000_000_000L);

    assertThat(measured.p50Millis()).isEqualTo(50);
    assertThat(measured.p99Millis()).isEqualTo(99);
    assertThat(measured.requestsPerSecond()).isCloseTo(50, within(1e-9));
  }

  @Test
  void the_median_round_is_taken_number_by_number() {
    Measurement median =
        Measurement.median(
            List.of(
                new Measurement(10, 100, 3, 9, 19),
                new Measurement(30, 300, 1, 8, 18),
                new Measurement(20, 200, 2, 70, 80)));

    assertThat(median).isEqualTo(new Measurement(60, 200, 2, 9, 19));
  }
}
