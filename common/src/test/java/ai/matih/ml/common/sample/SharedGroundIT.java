package ai.matih.ml.common.sample;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.testing.UnreadableRequests;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What every service promises, on a real PostgreSQL and over real HTTP. */
class SharedGroundIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String NOTES = "/api/v1/ml/notes";
  private static final String VALID = "{\"text\":\"hello\",\"line_count\":2}";

  /** How the printer behaves: a status, or 0 to say nothing. */
  private static final AtomicInteger PRINTER_STATUS = new AtomicInteger(200);

  /** What the printer was last sent about traces. */
  private static final AtomicReference<Map<String, String>> PRINTER_HEARD =
      new AtomicReference<>(Map.of());

  private static Database database;
  private static HttpServer printer;
  private static ConfigurableApplicationContext service;

  @BeforeAll
  static void start() throws IOException {
    database = TestEngines.postgres().freshDatabase("registry");
    printer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    printer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    printer.createContext(
        "/",
        exchange -> {
          Map<String, String> heard = new HashMap<>();
          List.of("traceparent", "tracestate")
              .forEach(name -> heard.put(name, exchange.getRequestHeaders().getFirst(name)));
          PRINTER_HEARD.set(heard);
          int status = PRINTER_STATUS.get();
          if (status != 0) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          }
        });
    printer.start();
    service = startService(Map.of());
  }

  private static ConfigurableApplicationContext startService(Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("sample.printer", "http://127.0.0.1:" + printer.getAddress().getPort());
    return SampleService.start(database, properties);
  }

  @AfterAll
  static void stop() {
    service.close();
    printer.stop(0);
  }

  @Test
  void a_repeat_with_the_same_key_replays_the_first_answer() throws Exception {
    String key = UUID.randomUUID().toString();
    HttpResponse<String> first = post("acme", NOTES, VALID, key);
    HttpResponse<String> second =
        post("acme", NOTES, "{ \"line_count\": 2, \"text\": \"hello\" }", key);

    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
    assertThat(second.statusCode()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.headers().firstValue("Location"))
        .isEqualTo(first.headers().firstValue("Location"));
    assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
  }

  @Test
  void a_key_with_another_request_is_refused_and_keys_are_per_tenant() throws Exception {
    String key = UUID.randomUUID().toString();
    post("acme", NOTES, VALID, key);

    assertProblem(
        post("acme", NOTES, VALID.replace("hello", "bye"), key),
        422,
        "Common:IdempotencyKeyReused");
    assertThat(post("globex", NOTES, VALID, key).statusCode()).isEqualTo(201);
    assertProblem(post("acme", NOTES, VALID, "has space"), 400, "Common:InvalidRequest");
  }

  @Test
  void twenty_racing_requests_with_one_key_make_one_change() throws Exception {
    String key = UUID.randomUUID().toString();
    String tenant = freshTenant();
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        answers.add(threads.submit(() -> post(tenant, NOTES, VALID, key)));
      }
    }
    List<String> bodies = new ArrayList<>();
    for (Future<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(201);
      bodies.add(answer.get().body());
    }
    assertThat(bodies).containsOnly(bodies.getFirst());
    assertThat(JSON.readTree(get(tenant, NOTES).body()).get("items")).hasSize(1);
  }

  @Test
  void an_engine_call_that_failed_is_made_again_by_the_next_request_with_its_key()
      throws Exception {
    String key = UUID.randomUUID().toString();
    PRINTER_STATUS.set(500);
    try {
      assertProblem(post("acme", NOTES + "/7/print", "", key), 502, "Common:EngineMisbehaved");
      PRINTER_STATUS.set(200);
      HttpResponse<String> second = post("acme", NOTES + "/7/print", "", key);
      assertThat(second.statusCode()).isEqualTo(200);
      assertThat(post("acme", NOTES + "/7/print", "", key).body()).isEqualTo(second.body());
    } finally {
      PRINTER_STATUS.set(200);
    }
  }

  @Test
  void each_outcome_of_an_engine_call_has_its_own_answer() throws Exception {
    try {
      PRINTER_STATUS.set(404);
      assertProblem(post("acme", NOTES + "/1/print", "", null), 502, "Common:EngineMisbehaved");
      PRINTER_STATUS.set(503);
      HttpResponse<String> away = post("acme", NOTES + "/1/print", "", null);
      assertProblem(away, 503, "Common:EngineUnavailable");
      assertThat(away.headers().firstValue("Retry-After")).isPresent();
      PRINTER_STATUS.set(0);
      HttpResponse<String> silent = post("acme", NOTES + "/1/print", "", null);
      assertProblem(silent, 504, "Common:EngineOutcomeUnknown");
      assertThat(JSON.readTree(silent.body()).at("/params/engine").asString()).isEqualTo("printer");
    } finally {
      PRINTER_STATUS.set(200);
    }
  }

  @Test
  void bad_input_is_a_problem_that_names_the_field() throws Exception {
    assertViolation(
        post("acme", NOTES, "{\"text\":\"x\",\"line_count\":1,\"zzz\":1}", null), "zzz");
    assertViolation(
        post("acme", NOTES, "{\"text\":\"x\",\"line_count\":\"1\"}", null), "line_count");
    assertViolation(post("acme", NOTES, "{\"text\":\"x\",\"line_count\":1.5}", null), "line_count");
    assertViolation(post("acme", NOTES, "{\"text\":\" \",\"line_count\":1}", null), "text");
    assertViolation(post("acme", NOTES, "{\"text\":\"x\",\"line_count\":0}", null), "line_count");
    assertViolation(post("acme", NOTES, "{\"text\":\"x\"}", null), "line_count");
    assertViolation(
        post("acme", NOTES, "{\"text\":\"x\",\"line_count\":1,\"colour\":\"pink\"}", null),
        "colour");
    assertViolation(post("acme", NOTES, "{\"text\":7,\"line_count\":1}", null), "text");
    assertViolation(get("acme", NOTES + "?page_size=0"), "page_size");
    assertViolation(get("acme", NOTES + "?colour=pink"), "colour");
    assertThat(get("acme", NOTES + "?colour=dark_blue").statusCode()).isEqualTo(200);
    assertViolation(get("acme", NOTES + "?page_token=%00"), "page_token");
    assertViolation(post("acme", NOTES + "/x/print", "", null), "id");
    assertProblem(post("acme", NOTES, "{\"text\":", null), 400, "Common:MalformedRequest");
    assertProblem(post("acme", NOTES, "", null), 400, "Common:MalformedRequest");
    assertProblem(
        post("acme", NOTES, "{\"text\":\"a\",\"text\":\"b\"}", null),
        400,
        "Common:MalformedRequest");
    assertProblem(
        post("acme", NOTES, "{\"text\":\"" + "x".repeat(1 << 20) + "\",\"line_count\":1}", null),
        413,
        "Common:TooLarge");
    assertProblem(
        send(
            request("acme", NOTES, Role.ADMIN)
                .header("Content-Type", "text/csv")
                .POST(body("a,b"))),
        415,
        "Common:UnsupportedMediaType");
    assertProblem(
        send(request("acme", NOTES, Role.ADMIN).method("PUT", body("{}"))),
        405,
        "Common:MethodNotAllowed");
    assertProblem(get("acme", "/api/v1/ml/nothing"), 404, "Common:NotFound");
  }

  @Test
  void a_route_asks_for_its_permission_and_the_refusal_is_recorded() throws Exception {
    String tenant = freshTenant();
    HttpResponse<String> refused =
        send(
            request(tenant, NOTES, Role.VIEWER)
                .header("Content-Type", "application/json")
                .POST(body(VALID)));
    assertProblem(refused, 403, "Common:Forbidden");
    assertProblem(send(HttpRequest.newBuilder(uri(NOTES)).GET()), 401, "Common:Unauthenticated");
    assertProblem(
        send(HttpRequest.newBuilder(uri(NOTES)).header("Authorization", "Bearer x.y.z").GET()),
        401,
        "Common:Unauthenticated");
    assertThat(
            count(
                "select count(*) from registry.audit where tenant = '"
                    + tenant
                    + "' and outcome = 'refused'"))
        .isEqualTo(1);
  }

  @Test
  void another_tenants_rows_are_invisible_even_to_a_query_that_forgets_the_tenant()
      throws Exception {
    String mine = freshTenant();
    String theirs = freshTenant();
    post(mine, NOTES, VALID, null);

    assertThat(JSON.readTree(get(mine, NOTES).body()).get("items")).hasSize(1);
    assertThat(JSON.readTree(get(theirs, NOTES).body()).get("items")).isEmpty();
  }

  @Test
  void pages_cover_a_list_once_and_in_order() throws Exception {
    String tenant = freshTenant();
    for (int i = 1; i <= 5; i++) {
      post(tenant, NOTES, VALID.replace("2", Integer.toString(i)), null);
    }
    List<Integer> seen = new ArrayList<>();
    String token = "";
    do {
      JsonNode page = JSON.readTree(get(tenant, NOTES + "?page_size=2&page_token=" + token).body());
      page.get("items").forEach(item -> seen.add(item.get("line_count").asInt()));
      token = page.path("next_page_token").asString("");
    } while (!token.isEmpty());
    assertThat(seen).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void an_event_is_delivered_after_failures_of_its_receiver() throws Exception {
    SampleService.DELIVERED.clear();
    SampleService.FAILURES_LEFT.set(2);
    String location =
        post("acme", NOTES, VALID, null).headers().firstValue("Location").orElseThrow();
    String subject = location.substring("/api/v1/ml/".length());

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (SampleService.DELIVERED.stream().noneMatch(e -> e.subject().equals(subject))) {
      assertThat(System.nanoTime()).as("delivery of " + subject).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(SampleService.DELIVERED.stream().filter(e -> e.subject().equals(subject)))
        .hasSize(1);
  }

  @Test
  void the_audit_chain_shows_the_first_row_that_was_changed() throws Exception {
    String tenant = freshTenant();
    for (int i = 0; i < 4; i++) {
      post(tenant, NOTES, VALID, null);
    }
    Audit audit = service.getBean(Audit.class);
    assertThat(TenantScope.call(new Tenant(tenant), audit::firstBrokenRow)).isZero();

    execute("alter table registry.audit disable trigger all");
    execute(
        "update registry.audit set details = '{\"lines\":9}' where tenant = '"
            + tenant
            + "' and seq = 3");
    assertThat(TenantScope.call(new Tenant(tenant), audit::firstBrokenRow)).isEqualTo(3);
    execute("delete from registry.audit where tenant = '" + tenant + "' and seq >= 3");
    assertThat(TenantScope.call(new Tenant(tenant), audit::firstBrokenRow)).isEqualTo(3);
    execute("alter table registry.audit enable trigger all");
  }

  @Test
  void every_column_of_a_stored_audit_row_is_covered_by_the_chain() throws Exception {
    String tenant = freshTenant();
    for (int i = 0; i < 3; i++) {
      post(tenant, NOTES, VALID, null);
    }
    Audit audit = service.getBean(Audit.class);
    Map<String, String> tampering = new LinkedHashMap<>();
    tampering.put("tenant", "'mallory'");
    tampering.put("seq", "77");
    tampering.put("at", "at + interval '1 microsecond'");
    for (String column :
        List.of("principal", "action", "target", "details", "salt", "previous_hash", "hash")) {
      tampering.put(
          column, "overlay(%1$s placing chr(ascii(%1$s) # 1) from 1 for 1)".formatted(column));
    }
    tampering.put("outcome", "'refused'");
    execute("alter table registry.audit disable trigger all");
    execute(
        "create table registry.kept as select * from registry.audit where tenant = '"
            + tenant
            + "'");
    for (int seq = 1; seq <= 3; seq++) {
      for (Map.Entry<String, String> change : tampering.entrySet()) {
        String row = " where tenant = '%s' and seq = %d".formatted(tenant, seq);
        execute("update registry.audit set " + change.getKey() + " = " + change.getValue() + row);
        assertThat(TenantScope.call(new Tenant(tenant), audit::firstBrokenRow))
            .as("%s of row %d", change.getKey(), seq)
            .isEqualTo(seq);
        execute("delete from registry.audit where tenant in ('%s', 'mallory')".formatted(tenant));
        execute("insert into registry.audit select * from registry.kept");
        assertThat(TenantScope.call(new Tenant(tenant), audit::firstBrokenRow)).isZero();
      }
    }
    execute("update registry.audit_head set hash = 'x' where tenant = '" + tenant + "'");
    assertThat(TenantScope.call(new Tenant(tenant), audit::firstBrokenRow)).isEqualTo(4);
    execute("drop table registry.kept");
    execute("alter table registry.audit enable trigger all");
  }

  @Test
  void an_audit_row_of_an_earlier_release_keeps_its_hash() throws Exception {
    String tenant = freshTenant();
    post(tenant, NOTES, VALID, null);
    execute("alter table registry.audit disable trigger all");
    // As the release before wrote it: one hash over everything, of characters, without a salt.
    execute(
        """
        update registry.audit a set salt = null, at = date_trunc('second', at), hash = encode(sha256(convert_to((
          select string_agg(length(part) || ':' || part, '' order by n) from unnest(array[a.previous_hash, a.tenant, a.seq::text,
            to_char(date_trunc('second', a.at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), a.principal, a.action, a.target,
            a.outcome, a.details]) with ordinality as parts(part, n)), 'UTF8')), 'hex')
        where tenant = '%1$s'
        """
            .formatted(tenant));
    execute(
        "update registry.audit_head h set hash = a.hash from registry.audit a where a.tenant = h.tenant and h.tenant = '%s'"
            .formatted(tenant));
    execute("alter table registry.audit enable trigger all");
    post(tenant, NOTES, VALID, null);
    assertThat(TenantScope.call(new Tenant(tenant), service.getBean(Audit.class)::firstBrokenRow))
        .isZero();
  }

  @Test
  void a_thread_that_lost_its_connection_in_a_transaction_works_again_in_the_next()
      throws Exception {
    TransactionTemplate transaction =
        new TransactionTemplate(service.getBean(PlatformTransactionManager.class));
    JdbcClient sql = service.getBean(JdbcClient.class);
    Supplier<Integer> work =
        () ->
            TenantScope.call(
                new Tenant("acme"),
                () -> transaction.execute(_ -> sql.sql("select 1").query(Integer.class).single()));
    assertThat(work.get()).isEqualTo(1);
    execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'registry' and"
            + " datname = '"
            + database.name()
            + "'");

    // The pool trusts connections that were used a moment ago, so this one finds a dead one.
    org.assertj.core.api.Assertions.assertThatThrownBy(work::get)
        .isInstanceOf(RuntimeException.class);
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    boolean works = false;
    while (!works && System.nanoTime() < deadline) {
      try {
        works = work.get() == 1;
      } catch (RuntimeException e) {
        Thread.onSpinWait();
      }
    }
    assertThat(works).isTrue();
  }

  @Test
  void audit_rows_cannot_be_changed_by_the_service() throws Exception {
    post("acme", NOTES, VALID, null);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set app.tenant = '*'");
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> statement.executeUpdate("update audit set action = 'x'"))
          .hasMessageContaining("never changed");
    }
  }

  @Test
  void a_request_id_comes_back_and_a_hostile_one_is_replaced() throws Exception {
    assertThat(
            send(request("acme", NOTES, Role.ADMIN).header("X-Request-Id", "abc-1").GET())
                .headers())
        .satisfies(h -> assertThat(h.firstValue("X-Request-Id")).contains("abc-1"));
    assertThat(
            send(request("acme", NOTES, Role.ADMIN).header("X-Request-Id", "a b<script>").GET())
                .headers())
        .satisfies(
            h -> assertThat(h.firstValue("X-Request-Id").orElse("")).matches("[0-9a-f-]{36}"));
  }

  @Test
  void a_trace_goes_on_to_the_engine_and_a_malformed_one_is_replaced() throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String given = "00-" + trace + "-00f067aa0ba902b7-01";

    send(print().header("traceparent", given).header("tracestate", "vendor=1"));
    assertThat(PRINTER_HEARD.get())
        .containsEntry("tracestate", "vendor=1")
        .hasEntrySatisfying(
            "traceparent",
            sent ->
                assertThat(sent)
                    .matches("00-" + trace + "-[0-9a-f]{16}-01")
                    .doesNotContain("00f067aa0ba902b7"));

    send(print().header("traceparent", given + "x").header("tracestate", "vendor=1"));
    assertThat(PRINTER_HEARD.get())
        .containsEntry("tracestate", null)
        .hasEntrySatisfying(
            "traceparent",
            sent ->
                assertThat(sent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00").doesNotContain(trace));
  }

  private static HttpRequest.Builder print() {
    return request("acme", NOTES + "/9/print", Role.ADMIN).POST(body(""));
  }

  @Test
  void a_request_that_cannot_be_read_is_answered_by_a_problem() throws Exception {
    UnreadableRequests.check(uri(""), NOTES, TestTokens.user("acme", "alice", Role.ADMIN));
  }

  @Test
  void the_api_description_uses_wire_names_and_tells_permissions() throws Exception {
    HttpResponse<String> served = send(HttpRequest.newBuilder(uri("/v3/api-docs")).GET());
    assertThat(served.statusCode()).as(served.body()).isEqualTo(200);
    JsonNode api = JSON.readTree(served.body());
    assertThat(api.at("/components/schemas/NewNote/properties").propertyNames())
        .containsExactlyInAnyOrder("text", "line_count", "colour");
    JsonNode list = api.at("/paths/~1api~1v1~1ml~1notes/get");
    assertThat(list.get("x-permission").asString()).isEqualTo("models:read");
    assertThat(list.get("parameters").findValuesAsString("name"))
        .containsExactlyInAnyOrder("colour", "page_size", "page_token");
  }

  @Test
  void a_service_that_must_go_says_so_in_each_answer_and_is_not_ready() throws Exception {
    ConfigurableApplicationContext going = startService(Map.of("matih.web.lame-duck", "3s"));
    HttpRequest.Builder ready = HttpRequest.newBuilder(uri(going, "/readyz"));
    assertThat(send(ready).statusCode()).isEqualTo(200);

    Thread end = Thread.ofVirtual().start(going::close);
    HttpResponse<String> answer = send(ready);
    while (answer.headers().firstValue("Connection").isEmpty()) {
      answer = send(ready);
    }

    assertThat(answer.headers().firstValue("Connection")).contains("close");
    assertThat(answer.statusCode()).isEqualTo(503);
    end.join();
  }

  @Test
  void everything_that_is_wrong_with_a_body_is_named_at_once() throws Exception {
    HttpResponse<String> answer =
        post(
            "acme",
            NOTES,
            "{\"txt\":\"x\",\"line_count\":\"two\",\"colour\":\"pink\",\"Colour\":1,\"text\":\" \"}",
            null);
    assertProblem(answer, 400, "Common:InvalidRequest");
    assertThat(JSON.readTree(answer.body()).get("violations"))
        .extracting(violation -> violation.get("field").asString())
        .containsExactlyInAnyOrder("txt", "line_count", "colour", "Colour", "text");
    String tooLong = "{\"txt\":\"" + "x".repeat(300_000) + "\",\"line_count\":\"two\"}";
    assertThat(JSON.readTree(post("acme", NOTES, tooLong, null).body()).get("violations"))
        .hasSize(1);
    assertProblem(post("acme", NOTES, "{\"txt\":1", null), 400, "Common:MalformedRequest");
    assertThat(
            JSON.readTree(post("acme", NOTES, "{\"text\":\" \"}", null).body()).get("violations"))
        .as("what is missing comes first and hides nothing")
        .extracting(violation -> violation.get("field").asString())
        .containsExactly("line_count", "text");
  }

  private static void assertViolation(HttpResponse<String> answer, String field) {
    assertProblem(answer, 400, "Common:InvalidRequest");
    assertThat(JSON.readTree(answer.body()).get("violations"))
        .as(answer.body())
        .anySatisfy(v -> assertThat(v.get("field").asString()).isEqualTo(field));
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("code").asString()).isEqualTo(code);
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("error_id").asString()).isNotEmpty();
    assertThat(answer.body()).doesNotContain("ai.matih", "Exception");
  }

  private static String freshTenant() {
    return "t" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static HttpResponse<String> post(
      String tenant, String path, String body, @org.jspecify.annotations.Nullable String key)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(tenant, path, Role.ADMIN).header("Content-Type", "application/json");
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return send(request.POST(body(body)));
  }

  private static HttpResponse<String> get(String tenant, String path)
      throws IOException, InterruptedException {
    return send(request(tenant, path, Role.ADMIN).GET());
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  private static HttpRequest.Builder request(String tenant, String path, Role role) {
    return HttpRequest.newBuilder(uri(path))
        .header("Authorization", "Bearer " + TestTokens.user(tenant, "alice", role));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return uri(service, path);
  }

  private static URI uri(ConfigurableApplicationContext some, String path) {
    return URI.create(
        "http://127.0.0.1:" + some.getEnvironment().getProperty("local.server.port") + path);
  }

  private static long count(String query) throws Exception {
    try (Connection connection = admin();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void execute(String statement) throws Exception {
    try (Connection connection = admin();
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  private static Connection admin() throws Exception {
    return database.as("postgres").connect();
  }
}
