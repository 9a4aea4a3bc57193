package ai.matih.ml.benchmarks.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.matih.ml.benchmarks.load.Load;
import ai.matih.ml.benchmarks.load.Target;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NginxTests {

  @Test
  void it_passes_requests_to_the_server_behind_it() throws IOException, InterruptedException {
    Optional<Path> program = Nginx.program(System.getenv().getOrDefault("PATH", ""));
    assumeThat(program).as("nginx is installed").isPresent();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/ml/predict",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    server.start();
    URI behind = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    try (Nginx nginx = Nginx.start(program.get(), behind)) {
      Target target =
          Target.post(
              "nginx",
              nginx.address().resolve("/api/v1/ml/predict"),
              "secret",
              new byte[] {'{', '}'});

      assertThat(Load.on(target, 2, Duration.ofMillis(200)).requestsPerSecond()).isPositive();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void it_is_not_found_where_it_is_not(@TempDir Path empty) {
    Optional<Path> found = Nginx.program(empty.toString());

    assertThat(found.map(Path::getParent)).isNotEqualTo(Optional.of(empty));
  }
}
