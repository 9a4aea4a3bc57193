package ai.matih.ml.features;

import static ai.matih.ml.features.Gateway.FEATURES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.testing.ReplicaEnds;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.Feast;
import ai.matih.ml.local.engine.TestEngines;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A replica ends or dies while Feast is asked, at each step; another one goes on. */
class ReplicaEndsIT {

  private final String tenant = Gateway.freshTenant();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);
  private final Database registry = TestEngines.postgres().freshDatabase("features");
  private final HttpServer silent = server(this::untilOpened);
  private final HttpServer answering = server(ReplicaEndsIT::done);
  private final Gateway first = replica(silent, Map.of());
  private final Database database = first.database();
  private @Nullable Gateway second;

  @AfterEach
  void stop() {
    open.countDown();
    first.close();
    if (second != null) {
      second.close();
    }
    silent.stop(0);
    answering.stop(0);
  }

  @ParameterizedTest
  @CsvSource({"queued,end", "queued,crash", "running,end", "running,crash"})
  void a_materialization_goes_on(String status, String how) throws Exception {
    execute(
        """
        insert into features.materialization
          (tenant, id, start_time, end_time, views, status, attempts, submitted_by)
        values ('%s', '%s', now(), now(), '{v}', '%s', 1, 'user:ada')
        """
            .formatted(tenant, UUID.randomUUID(), status));

    goesOn(how, "select count(*) from features.materialization where status = 'succeeded'");
  }

  @ParameterizedTest
  @CsvSource({"end", "crash"})
  void a_declaration_goes_on(String how) throws Exception {
    first.put(tenant, FEATURES + "/entities/e", "{\"join_key\":\"k\",\"type\":\"int64\"}").is(201);

    goesOn(how, "select count(*) from features.feature_document where applied_revision = revision");
  }

  private void goesOn(String how, String done) throws InterruptedException {
    assertThat(held.await(20, TimeUnit.SECONDS)).as("a replica asks Feast").isTrue();
    // Only now, so that it is not the first to take the row.
    second =
        replica(
            answering,
            Map.of(
                "DATABASE_URL", database.url(),
                "DATABASE_USER", database.user(),
                "DATABASE_PASSWORD", database.password()));
    boolean orderly = how.equals("end");
    Duration most = orderly ? ReplicaEnds.AT_ONCE : ReplicaEnds.AFTER_A_CRASH;

    Duration pause =
        ReplicaEnds.pause(
            orderly ? first::close : () -> ReplicaEnds.kill(first.context()),
            () -> number(done) == 1,
            most);

    assertThat(pause).isLessThan(most);
  }

  private Gateway replica(HttpServer feast, Map<String, String> overrides) {
    URI url = URI.create("http://127.0.0.1:" + feast.getAddress().getPort());
    return Gateway.with(
        new TestFeast(
            Optional.empty(),
            new Feast(url, UUID.randomUUID().toString(), registry, TestEngines.s3())),
        overrides);
  }

  private static HttpServer server(com.sun.net.httpserver.HttpHandler handler) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", handler);
      server.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void untilOpened(HttpExchange exchange) throws IOException {
    held.countDown();
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static void done(HttpExchange exchange) throws IOException {
    byte[] answer = "{\"status\":\"succeeded\",\"views\":[]}".getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private long number(String query) {
    try (Connection connection = database.as("postgres").connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private void execute(String change) {
    try (Connection connection = database.as("postgres").connect();
        Statement statement = connection.createStatement()) {
      statement.execute(change);
    } catch (SQLException e) {
      throw new IllegalStateException(change, e);
    }
  }
}
