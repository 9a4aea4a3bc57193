package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The metrics that the chart's alerts and dashboards ask for are the ones that services have. */
class MetricsIT {

  private static final Set<String> SERVICES =
      Set.of("api", "training", "registry", "features", "serving");

  @Test
  void every_metric_that_alerts_and_dashboards_name_is_exposed_by_a_running_service() {
    // What is counted only once it happens: a refused prediction, and a call to an engine.
    RunningPlatform.admin()
        .post("/predict", Map.of("model_id", "nobody", "features", Map.of("x", 1)))
        .expect(404);
    RunningPlatform.admin().get("/experiments").expect(200);

    Set<String> exposed = new TreeSet<>();
    for (String service : SERVICES) {
      scrape(RunningPlatform.local().address(service))
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .forEach(line -> exposed.add(line.split("[{ ]", 2)[0]));
    }

    assertThat(listed()).hasSizeGreaterThan(15).isSubsetOf(exposed);
  }

  private static String scrape(URI service) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(service.resolve("/actuator/prometheus")).build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> listed() {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("mvnw")) ? here : here.resolve("..").normalize();
    try (Stream<String> lines = Files.lines(root.resolve("helm/src/test/resources/metrics.txt"))) {
      Set<String> names = new TreeSet<>();
      lines.filter(line -> !line.startsWith("#") && !line.isBlank()).forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
