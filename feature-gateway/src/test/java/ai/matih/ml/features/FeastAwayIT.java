package ai.matih.ml.features;

import static ai.matih.ml.features.Gateway.FEATURES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.features.Gateway.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the gateway answers while Feast's server or its database is away. */
class FeastAwayIT {

  private static final String TENANT = Gateway.freshTenant();
  private static final String ENTITY = "{\"join_key\":\"origin\",\"type\":\"string\"}";
  private static Gateway withoutServer;
  private static Gateway withoutDatabase;

  @BeforeAll
  static void start() throws IOException {
    withoutServer = Gateway.with(Map.of("FEAST_URL", "http://127.0.0.1:" + closedPort()));
    withoutDatabase =
        Gateway.with(
            Map.of("FEAST_DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + closedPort() + "/feast"));
  }

  @AfterAll
  static void stop() {
    withoutServer.close();
    withoutDatabase.close();
  }

  @Test
  void without_the_server_documents_are_kept_and_wait() throws Exception {
    withoutServer.put(TENANT, FEATURES + "/entities/place", ENTITY).is(201);

    Gateway.await(
        "the condition tells of it",
        () -> {
          try {
            JsonNode condition =
                withoutServer
                    .get(TENANT, FEATURES + "/entities/place")
                    .body()
                    .path("conditions")
                    .path(0);
            return condition.path("reason").asString().equals("FeastUnavailable")
                && condition.path("status").asString().equals("unknown");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void without_the_database_what_needs_it_is_503_and_names_it() throws Exception {
    for (Answer answer :
        new Answer[] {
          withoutDatabase.get(TENANT, FEATURES),
          withoutDatabase.get(TENANT, FEATURES + "/weather"),
          withoutDatabase.put(TENANT, FEATURES + "/entities/place", ENTITY),
          withoutDatabase.post(TENANT, FEATURES + "/plan", "{\"features\":[\"a:b\"]}"),
          withoutDatabase.post(TENANT, FEATURES + "/materialize", "{}"),
          withoutDatabase.post(
              TENANT, FEATURES + "/serve", "{\"features\":[\"a:b\"],\"entities\":{\"k\":[1]}}")
        }) {
      answer.is(503);
      assertThat(answer.code()).isEqualTo("Common:EngineUnavailable");
      assertThat(answer.body().path("params").path("engine").asString())
          .isEqualTo("feast-database");
      assertThat(answer.headers()).containsKey("retry-after");
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
