package ai.matih.ml.common.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.dataplane.Talk.Answer;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.tenant.TenantScope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The data plane, over bytes that no well-behaved client would send too, ... */
class DataPlaneTests {

  private static final String ASK = "/api/v1/ml/ask";
  private static final String QUESTION =
      "{\"model_id\":\"late\",\"features\":{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}}";
  private static final int MAX_BODY = 100_000;
  private static final int PLACES = 4;
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** What takes long ends when it is let. */
  private final Semaphore held = new Semaphore(0);

  private final AtomicBoolean going = new AtomicBoolean();
  private final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BodyMemory memory = new BodyMemory(DataSize.ofKilobytes(200));
  private final DataPlane plane =
      new DataPlane(
          new DataPlaneSettings(
              0,
              2,
              DataSize.ofKilobytes(2),
              DataSize.ofKilobytes(200),
              DataSize.ofKilobytes(8),
              50,
              PLACES,
              Duration.ofMillis(400),
              Duration.ofSeconds(1),
              1_000),
          MAX_BODY,
          memory,
          List.of(new Ask(), new Held(), new Look()),
          new Callers(DataPlaneTests::token, _ -> Optional.empty(), 1_000, Clock.systemUTC()),
          new ProblemWriter(JSON),
          (what, permission) -> refusals.add(what + " " + permission),
          going::get,
          meters,
          Clock.systemUTC());

  /** Answers at once what it was sent, if that is JSON. */
  private static final class Ask implements Endpoint {

    @Override
    public List<String> paths() {
      return List.of(ASK);
    }

    @Override
    public List<Permission> permissions() {
      return List.of(Permission.PREDICTIONS_CREATE);
    }

    @Override
    public Work read(Request request, byte[] body, int length) {
      byte[] kept = Arrays.copyOf(body, length);
      try {
        var _ = JSON.readTree(kept);
      } catch (JacksonException e) {
        throw new Problem(CommonError.MALFORMED_REQUEST, "The body is no JSON.");
      }
      return new Work() {
        @Override
        public boolean answerAtOnce(Output to) {
          answer(to);
          return true;
        }

        @Override
        public void answer(Output to) {
          to.writeBytes(kept);
        }
      };
    }
  }

  /** Says at which path it was asked, as bytes. */
  private static final class Look implements Endpoint {

    @Override
    public List<String> paths() {
      return List.of("/v2/things/{thing}", "/v2/things/{thing}/parts/{part}");
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public boolean reads(@Nullable String type) {
      return true;
    }

    @Override
    public List<Permission> permissions() {
      return List.of(Permission.PREDICTIONS_CREATE);
    }

    @Override
    public Work read(Request request, byte[] body, int length) {
      return new Work() {
        @Override
        public boolean answerAtOnce(Output to) {
          answer(to);
          return true;
        }

        @Override
        public void answer(Output to) {
          to.headers("Content-Type: application/octet-stream\r\nX-Seen: yes\r\n");
          to.writeBytes(request.path().getBytes(StandardCharsets.UTF_8));
        }
      };
    }
  }

  /** Answers what it was sent, from a worker and when it is let. */
  private final class Held implements Endpoint {

    @Override
    public List<String> paths() {
      return List.of("/held");
    }

    @Override
    public List<Permission> permissions() {
      return List.of(Permission.PREDICTIONS_CREATE);
    }

    @Override
    public Work read(Request request, byte[] body, int length) {
      byte[] kept = Arrays.copyOf(body, length);
      return new Work() {
        @Override
        public boolean answerAtOnce(Output to) {
          return false;
        }

        @Override
        public void answer(Output to) {
          held.acquireUninterruptibly();
          to.writeBytes(kept);
        }
      };
    }
  }

  /** A token says its role. */
  private static Jwt token(String role) {
    if (role.equals("forged")) {
      throw new BadJwtException("forged");
    }
    return Jwt.withTokenValue(role)
        .header("kid", "ml-api")
        .subject("user:bob")
        .claim("tenant", "acme")
        .claim("roles", List.of(role))
        .expiresAt(Instant.now().plusSeconds(600))
        .build();
  }

  @BeforeEach
  void serve() {
    plane.start("127.0.0.1");
  }

  @AfterEach
  void stop() {
    held.release(1_000);
    plane.close();
  }

  private Talk talk() throws IOException {
    return new Talk(plane.port());
  }

  private static String head(String line, String... headers) {
    return line
        + " HTTP/1.1\r\nHost: router\r\nAuthorization: Bearer inference\r\n"
        + String.join("", Arrays.stream(headers).map(h -> h + "\r\n").toList());
  }

  private static String post(String path, String body, String... headers) {
    return head("POST " + path, headers)
        + "Content-Type: application/json\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private static String question(String id) {
    return post(ASK, QUESTION, "X-Request-Id: " + id);
  }

  private static String code(Answer answer) {
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(problem.path("status").asInt()).isEqualTo(answer.status());
    assertThat(problem.path("error_id").asString("")).hasSize(36);
    return problem.path("code").asString("");
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void answers() throws IOException {
    try (Talk talk = talk()) {
      Answer answer = talk.say(question("r-1")).hear();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).isEqualTo("application/json");
      assertThat(answer.header("x-request-id")).isEqualTo("r-1");
      assertThat(answer.header("date")).endsWith("GMT");
      assertThat(answer.body()).isEqualTo(QUESTION);
    }
    assertThat(meters.get("http.server.requests").tag("status", "200").timer().count())
        .isEqualTo(1);
  }

  @Test
  void finds_an_endpoint_by_the_pattern_of_its_path() throws IOException {
    try (Talk talk = talk()) {
      for (String path : List.of("/v2/things/one", "/v2/things/one/parts/2")) {
        Answer answer = talk.say(head("GET " + path) + "\r\n").hear();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("x-seen")).isEqualTo("yes");
        assertThat(answer.body()).isEqualTo(path);
      }
      // What the endpoint before said of its answer is forgotten.
      assertThat(talk.say(question("r-1")).hear().header("content-type"))
          .isEqualTo("application/json");
      for (String path : List.of("/v2/things", "/v2/things/", "/v2/things/one/parts", "/v22/x")) {
        assertThat(code(talk.say(head("GET " + path) + "\r\n").hear()))
            .as(path)
            .isEqualTo("Common:NotFound");
      }
      Answer post = talk.say(post("/v2/things/one", "{}")).hear();
      assertThat(code(post)).isEqualTo("Common:MethodNotAllowed");
      assertThat(post.header("allow")).isEqualTo("GET");
      assertThat(JSON.readTree(post.body()).path("error").asString(""))
          .isEqualTo("The path does not offer this method.");
      assertThat(talk.say(head("GET /v22/x") + "\r\n").hear().body()).doesNotContain("\"error\"");
    }
    assertThat(
            meters
                .get("http.server.requests")
                .tag("uri", "/v2/things/{thing}")
                .tag("status", "200")
                .tag("method", "GET")
                .timer()
                .count())
        .isEqualTo(2);
  }

  @Test
  void admits_who_comes_by_another_listener() {
    DefaultHttpRequest head =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/other/Call");
    List<Permission> needed = List.of(Permission.PREDICTIONS_CREATE);
    assertThatThrownBy(() -> plane.admit(head, "", needed))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.error()).isEqualTo(CommonError.UNAUTHENTICATED));
    head.headers().set("authorization", "Bearer viewer");
    assertThatThrownBy(() -> plane.admit(head, "", needed))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.error()).isEqualTo(CommonError.FORBIDDEN));
    assertThat(refusals).containsExactly("POST /other/Call predictions:create");

    head.headers().set("authorization", "Bearer inference").set("x-request-id", "r-7");
    Visit visit = plane.admit(head, "", needed);

    String seen = visit.answer(request -> request.requestId() + " " + TenantScope.require().slug());
    assertThat(seen).isEqualTo("r-7 acme");
    assertThatThrownBy(
            () ->
                visit.answer(
                    _ -> {
                      throw new IllegalStateException("broken");
                    }))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.error()).isEqualTo(CommonError.INTERNAL));
  }

  @Test
  void answers_large_bodies_and_chunked_ones() throws IOException {
    String many = "[" + String.join(",", Collections.nCopies(200, QUESTION)) + "]";
    try (Talk talk = talk()) {
      assertThat(talk.say(post(ASK, many)).hear().body()).isEqualTo(many);

      talk.say(
          head(
                  "POST /api/v1/ml/ask",
                  "Transfer-Encoding: chunked",
                  "Content-Type: Application/JSON; charset=utf-8")
              + "\r\n");
      for (String part : QUESTION.split("(?<=,)", -1)) {
        talk.say(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
      }
      assertThat(talk.say("0\r\n\r\n").hear().body()).isEqualTo(QUESTION);
    }
  }

  @Test
  void answers_a_request_that_comes_byte_by_byte() throws IOException {
    try (Talk talk = talk()) {
      for (char c : question("slow").toCharArray()) {
        talk.say(String.valueOf(c));
      }
      assertThat(talk.hear().header("x-request-id")).isEqualTo("slow");
    }
  }

  @Test
  void answers_pipelined_requests_in_their_order_whoever_is_ready_first() throws IOException {
    held.release(100);
    try (Talk talk = talk()) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 300; i++) {
        String id = "X-Request-Id: r-" + i;
        requests.append(
            switch (i % 3) {
              case 0 -> question("r-" + i);
              case 1 -> post("/held", "\"" + i + "\"", id);
              default -> post("/nowhere", "{}", id);
            });
      }
      talk.say(requests.toString());
      for (int i = 0; i < 300; i++) {
        Answer answer = talk.hear();
        assertThat(answer.header("x-request-id")).isEqualTo("r-" + i);
        assertThat(answer.status()).isEqualTo(i % 3 == 2 ? 404 : 200);
        if (i % 3 == 1) {
          assertThat(answer.body()).isEqualTo("\"" + i + "\"");
        }
      }
    }
  }

  @Test
  void waits_for_a_caller_that_does_not_read_instead_of_keeping_its_answers() throws Exception {
    held.release(1_000);
    int requests = 200;
    String question = post("/held", "\"" + "x".repeat(90_000) + "\"");
    try (Talk talk = talk();
        ExecutorService sender = Executors.newSingleThreadExecutor()) {
      Future<Talk> sent = sender.submit(() -> talk.say(question.repeat(requests)));
      assertThatThrownBy(() -> sent.get(200, TimeUnit.MILLISECONDS))
          .as("everything was taken in")
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      for (int i = 0; i < requests; i++) {
        assertThat(talk.hear().status()).isEqualTo(200);
      }
      sent.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void lets_a_caller_ask_before_it_sends_a_body() throws IOException {
    try (Talk talk = talk()) {
      String question = post(ASK, QUESTION, "Expect: 100-continue");
      int body = question.length() - QUESTION.length();
      assertThat(talk.say(question.substring(0, body)).hear(false).status()).isEqualTo(100);
      assertThat(talk.say(QUESTION).hear().status()).isEqualTo(200);

      Answer refused =
          talk.say(post("/nowhere", "", "Expect: 100-continue").replace("Length: 0", "Length: 9"))
              .hear();
      assertThat(code(refused)).isEqualTo("Common:NotFound");
      assertThat(refused.isLast()).isTrue();
      assertThat(talk.isOver()).isTrue();
    }
  }

  @Test
  void refuses_what_is_no_question_and_goes_on_with_the_connection() throws IOException {
    try (Talk talk = talk()) {
      assertThat(code(talk.say(post(ASK, "{")).hear())).isEqualTo("Common:MalformedRequest");
      Answer unknown = talk.say(question("a").replace("Bearer inference", "Bearer forged")).hear();
      assertThat(code(unknown)).isEqualTo("Common:Unauthenticated");
      assertThat(unknown.header("www-authenticate")).isEqualTo("Bearer");
      assertThat(code(talk.say(question("a").replace("Bearer inference", "Basic eA==")).hear()))
          .isEqualTo("Common:Unauthenticated");
      assertThat(code(talk.say(post("/api/v1/ml/askew", "{}")).hear()))
          .isEqualTo("Common:NotFound");
      Answer get = talk.say(head("GET /api/v1/ml/ask?x=1") + "\r\n").hear();
      assertThat(code(get)).isEqualTo("Common:MethodNotAllowed");
      assertThat(get.header("allow")).isEqualTo("POST");
      Answer headOnly = talk.say(head("HEAD /api/v1/ml/ask") + "\r\n").hear(false);
      assertThat(headOnly.status()).isEqualTo(405);
      assertThat(headOnly.header("content-length")).isNotEqualTo("0");
      assertThat(code(talk.say(question("a").replace("application/json", "text/plain")).hear()))
          .isEqualTo("Common:UnsupportedMediaType");
      assertThat(code(talk.say(question("a").replace("Bearer inference", "Bearer viewer")).hear()))
          .isEqualTo("Common:Forbidden");
      assertThat(refusals).containsExactly("POST /api/v1/ml/ask predictions:create");
      assertThat(talk.say(question("a")).hear().status()).isEqualTo(200);
    }
  }

  @Test
  void refuses_large_bodies_declared_or_not() throws IOException {
    String body = "[" + "1,".repeat(MAX_BODY) + "1]";
    try (Talk talk = talk()) {
      assertThat(code(talk.say(post(ASK, body)).hear())).isEqualTo("Common:TooLarge");
      assertThat(talk.say(question("a")).hear().status()).isEqualTo(200);
      talk.say(
          head(
                  "POST /api/v1/ml/ask",
                  "Transfer-Encoding: chunked",
                  "Content-Type: application/json")
              + "\r\n"
              + Integer.toHexString(body.length())
              + "\r\n"
              + body
              + "\r\n0\r\n\r\n");
      assertThat(code(talk.hear())).isEqualTo("Common:TooLarge");
      assertThat(talk.say(question("a")).hear().status()).isEqualTo(200);
    }
    await(() -> plane.connections() == 0);
    assertThat(memory.reserve(200 * 1024)).as("all memory was given back").isTrue();
  }

  @Test
  void tells_a_caller_that_sends_too_much_before_it_hangs_up() throws IOException {
    try (Talk talk = talk()) {
      talk.say(post(ASK, "").replace("Length: 0", "Length: 900000000") + "x".repeat(1_000_000));
      Answer answer = talk.hear();
      assertThat(code(answer)).isEqualTo("Common:TooLarge");
      assertThat(answer.isLast()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5,6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length : 5\r\n",
        "X: a\r\n\tb: c\r\nContent-Length: 5\u0000\r\n",
        "Host: another\r\nContent-Length: 5\r\n",
        "Content\u0000Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n"
      })
  void answers_once_and_hangs_up_when_two_servers_could_read_two_things(String headers)
      throws IOException {
    try (Talk talk = talk()) {
      talk.say(
          head("POST /api/v1/ml/ask")
              + "Content-Type: application/json\r\n"
              + headers
              + "\r\n0\r\n\r\n"
              + question("smuggled"));
      Answer answer = talk.hear();
      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      assertThat(answer.isLast()).isTrue();
      assertThat(talk.isOver()).isTrue();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001 a greeting in TLS\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST /api/v1/ml/ask HTTP/1.1\r\n\r\n",
        "GET /api?=%00 HTTP/1.1\r\nHost: router\r\n\r\n",
        "GET /a<b HTTP/1.1\r\nHost: router\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: router\r\nExpect: tea\r\n\r\n",
        "POST /api/v1/ml/ask\r\n\r\n",
        "POST\r\n\r\n",
      })
  void answers_what_is_not_its_http_with_a_problem(String bytes) throws IOException {
    try (Talk talk = talk()) {
      Answer answer = talk.say(bytes).hear();
      assertThat(answer.status()).isGreaterThanOrEqualTo(400);
      assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    }
  }

  @Test
  void refuses_heads_that_are_too_large() throws IOException {
    for (String head :
        List.of(
            head("GET /" + "x".repeat(9_000)),
            head("GET /x", "X-Long: " + "x".repeat(9_000)),
            head("GET /x", "X-Many: 1\r\n".repeat(1_000)))) {
      try (Talk talk = talk()) {
        Answer answer = talk.say(head + "\r\n").hear();
        assertThat(code(answer)).isEqualTo("Common:MalformedRequest");
        assertThat(answer.isLast()).isTrue();
      }
    }
  }

  @Test
  void speaks_http_1_0() throws IOException {
    String old = question("a").replace("HTTP/1.1", "HTTP/1.0").replace("Host: router\r\n", "");
    try (Talk talk = talk()) {
      Answer kept =
          talk.say(old.replace("Authorization", "Connection: keep-alive\r\nAuthorization")).hear();
      assertThat(kept.header("connection")).isEqualTo("keep-alive");
      assertThat(talk.say(old).hear().isLast()).isTrue();
      assertThat(talk.isOver()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 30, 200, 340})
  void hangs_up_on_a_request_that_does_not_come_to_its_end(int length) throws IOException {
    try (Talk talk = talk()) {
      talk.say(question("never").substring(0, Math.min(length, question("never").length() - 1)));
      long begun = System.nanoTime();
      try {
        assertThat(talk.hear().status()).isEqualTo(400);
      } catch (EOFException e) {
        assertThat(length).as("a head was read, but not answered").isLessThan(300);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void forgets_a_caller_that_goes_in_the_middle() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (Talk talk = talk()) {
        talk.say(post(ASK, "x".repeat(50_000)).substring(0, 30_000 + i));
      }
    }
    await(() -> plane.connections() == 0);
    assertThat(memory.reserve(200 * 1024)).as("all memory was given back").isTrue();
  }

  @Test
  void refuses_what_has_no_place_at_once() throws Exception {
    List<Talk> talks = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      talks.add(talk().say(post("/held", "{}")));
    }
    await(() -> plane.workers().busy() == PLACES);
    try (Talk talk = talk()) {
      Answer refused = talk.say(post("/held", "{}")).hear();
      assertThat(code(refused)).isEqualTo("Common:Overloaded");
      assertThat(refused.header("retry-after")).isEqualTo("1");
      assertThat(talk.say(question("a")).hear().status()).as("rows go on").isEqualTo(200);
    }
    DefaultHttpRequest other =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/other/Call");
    other.headers().set("authorization", "Bearer inference nobody-knows-yet");
    assertThatThrownBy(() -> plane.admit(other, "", List.of(Permission.PREDICTIONS_CREATE)))
        .as("a key that has to be checked needs a place too")
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.error()).isEqualTo(CommonError.OVERLOADED));
    held.release(PLACES);
    for (Talk talk : talks) {
      assertThat(talk.hear().status()).isEqualTo(200);
      talk.close();
    }
  }

  @Test
  void does_not_let_a_held_answer_hold_up_other_connections() throws IOException {
    try (Talk slow = talk();
        Talk other = talk()) {
      slow.say(post("/held", "{}"));
      for (int i = 0; i < 10; i++) {
        assertThat(other.say(question("r-" + i)).hear().status()).isEqualTo(200);
      }
      held.release();
      assertThat(slow.hear().status()).isEqualTo(200);
    }
  }

  @Test
  void loses_no_request_when_the_service_ends_under_load() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    CountDownLatch connected = new CountDownLatch(8);
    CountDownLatch warm = new CountDownLatch(200);
    CountDownLatch stopped = new CountDownLatch(1);
    held.release(1_000_000);
    List<Callable<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String request = i % 2 == 0 ? question("r") : post("/held", "{}");
      callers.add(
          () -> {
            try (Talk talk = talk()) {
              assertThat(talk.say(request).hear().status()).isEqualTo(200);
              connected.countDown();
              for (boolean last = false; !last; warm.countDown()) {
                sent.incrementAndGet();
                last = talk.say(request).hear().isLast();
                answered.incrementAndGet();
              }
              assertThat(talk.isOver()).isTrue();
            }
            return null;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Void>> running = callers.stream().map(threads::submit).toList();
      assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(warm.await(10, TimeUnit.SECONDS)).isTrue();
      plane.stop(stopped::countDown);
      for (Future<Void> caller : running) {
        caller.get(10, TimeUnit.SECONDS);
      }
    }
    assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(answered).hasValue(sent.get());
    assertThatThrownBy(this::talk).isInstanceOf(IOException.class);
  }

  @Test
  void finishes_what_it_has_before_it_ends_and_ends_what_rests() throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    try (Talk resting = talk();
        Talk slow = talk()) {
      assertThat(resting.say(question("a")).hear().status()).isEqualTo(200);
      slow.say(post("/held", "{}"));
      await(() -> plane.workers().busy() == 1);
      plane.stop(stopped::countDown);
      assertThat(resting.isOver()).isTrue();
      assertThat(stopped.getCount()).isEqualTo(1);
      held.release();
      Answer last = slow.hear();
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.isLast()).isTrue();
    }
    assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
