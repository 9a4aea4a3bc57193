package ai.matih.ml.local.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** A running MLflow tracking server. */
public record Mlflow(URI url) {

  /**
   * Creates a workspace of a unique name; tests that use one never meet each other's experiments.
   */
  public String freshWorkspace() {
    var bytes = new byte[5];
    RandomGenerator.getDefault().nextBytes(bytes);
    var name = "t" + HexFormat.of().formatHex(bytes);
    var request =
        HttpRequest.newBuilder(url.resolve("/api/3.0/mlflow/workspaces"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"name\":\"" + name + "\"}"))
            .build();
    // An offer of HTTP/2 makes the server drop the body.
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 201) {
        throw new IllegalStateException(
            "MLflow refused a workspace: " + answer.statusCode() + " " + answer.body());
      }
      return name;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
