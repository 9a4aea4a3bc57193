package ai.matih.ml.local.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;

/** Tells whether a program serves. Asking is cheap, repeatable and bounded in time. */
@FunctionalInterface
public interface Readiness {

  boolean ready() throws InterruptedException;

  /** Ready when a GET of the address is answered with one of the given statuses. */
  static Readiness http(URI address, int... statuses) {
    var expected = Set.copyOf(java.util.Arrays.stream(statuses).boxed().toList());
    var request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
    return () -> {
      try {
        return expected.contains(
            Client.SHARED.send(request, BodyHandlers.discarding()).statusCode());
      } catch (IOException _) {
        return false;
      }
    };
  }

  default Readiness and(Readiness other) {
    return () -> ready() && other.ready();
  }

  /** One client for all probes; its threads do not keep a program alive. */
  final class Client {
    static final HttpClient SHARED =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private Client() {}
  }
}
