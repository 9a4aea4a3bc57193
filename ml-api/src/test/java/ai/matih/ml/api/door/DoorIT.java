package ai.matih.ml.api.door;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import ai.matih.ml.api.StandInService;
import ai.matih.ml.common.testing.OpenApiContract;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.testing.UnreadableRequests;
import com.nimbusds.jwt.SignedJWT;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DoorIT {

  private static final String TRAINING = "/api/v1/ml/training";
  private static final int MEGABYTE = 1024 * 1024;

  private final RunningDoor door = RunningDoor.get();
  private final String key = RunningDoor.BOOTSTRAP_KEY;

  @Test
  void a_call_reaches_its_service_with_a_short_internal_token_instead_of_the_key()
      throws Exception {
    Answer answer =
        door.send(
            key,
            HttpRequest.newBuilder(door.address().resolve(TRAINING + "/jobs?status=running&x=%20y"))
                .header("Idempotency-Key", "i-1")
                .header("If-Match", "\"3\"")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .header("X-Request-Id", "abc-1")
                .header("Cookie", "session=1")
                .header("X-Forwarded-For", "1.2.3.4")
                .header("X-Tenant", "other")
                .header("Forwarded", "for=1.2.3.4")
                .GET());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("fine").asBoolean()).isTrue();
    StandInService.Received received = door.services().last();
    assertThat(received.target()).isEqualTo(TRAINING + "/jobs?status=running&x=%20y");
    assertThat(received.header("Idempotency-Key")).isEqualTo("i-1");
    assertThat(received.header("If-Match")).isEqualTo("\"3\"");
    assertThat(received.header("traceparent"))
        .matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01")
        .doesNotContain("b7ad6b7169203331");
    assertThat(received.header("X-Request-Id")).isEqualTo("abc-1");
    assertThat(answer.header("X-Request-Id")).isEqualTo("abc-1");
    for (String dropped : new String[] {"Cookie", "X-Forwarded-For", "X-Tenant", "Forwarded"}) {
      assertThat(received.header(dropped)).as(dropped).isEmpty();
    }
    assertThat(received.header("Authorization")).doesNotContain("mlk_");
    SignedJWT token =
        SignedJWT.parse(received.header("Authorization").substring("Bearer ".length()));
    assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo("ml-api");
    assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("user:admin");
    assertThat(token.getJWTClaimsSet().getStringClaim("tenant")).isEqualTo("default");
    assertThat(token.getJWTClaimsSet().getStringListClaim("roles")).containsExactly("admin");
    assertThat(
            Duration.between(
                token.getJWTClaimsSet().getIssueTime().toInstant(),
                token.getJWTClaimsSet().getExpirationTime().toInstant()))
        .isLessThanOrEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void clients_of_the_open_inference_protocol_read_why_they_are_refused() {
    for (Answer refused :
        List.of(door.get("", "/v2/models/late"), door.post(key, "/v2/models/late/infer", "{}"))) {
      // The listener of predictions is away here.
      assertThat(refused.status()).isIn(401, 503);
      assertThat(refused.json().get("error")).isEqualTo(refused.json().get("detail"));
    }
  }

  @Test
  void a_body_arrives_whole_and_the_answer_keeps_its_status_and_headers() {
    Answer answer = door.post(key, TRAINING + "/teapot", "{\"a\": 1}");
    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.header("ETag")).isEqualTo("\"7\"");
    assertThat(answer.header("Set-Cookie")).isEmpty();
    assertThat(answer.code()).isEqualTo("Training:Teapot");
    assertThat(door.services().last().body()).isEqualTo("{\"a\": 1}");
    assertThat(door.services().last().header("Content-Type")).isEqualTo("application/json");
    assertThat(door.delete(key, TRAINING + "/nothing").status()).isEqualTo(204);
  }

  @Test
  void a_large_upload_streams_through_with_and_without_a_length() {
    long before = usedHeapAfterCollection();
    Answer known =
        door.send(
            key,
            HttpRequest.newBuilder(door.address().resolve(TRAINING + "/datasets/big"))
                .header("Content-Type", "text/csv")
                .PUT(
                    HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(48L * MEGABYTE)),
                        48L * MEGABYTE)));
    assertThat(known.status()).isEqualTo(200);
    assertThat(door.services().last().bodyBytes()).isEqualTo(48L * MEGABYTE);
    Answer unknown =
        door.send(
            key,
            HttpRequest.newBuilder(door.address().resolve(TRAINING + "/datasets/big"))
                .header("Content-Type", "text/csv")
                .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(48L * MEGABYTE))));
    assertThat(unknown.status()).isEqualTo(200);
    assertThat(door.services().last().bodyBytes()).isEqualTo(48L * MEGABYTE);
    assertThat(usedHeapAfterCollection() - before).isLessThan(40L * MEGABYTE);
  }

  @Test
  void a_large_answer_streams_through() {
    Answer answer = door.get(key, TRAINING + "/large");
    assertThat(answer.response().body()).hasSize(32 * MEGABYTE);
    assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(32 * MEGABYTE));
  }

  @Test
  void an_upload_over_the_limit_is_refused_before_it_is_sent_or_as_soon_as_it_is_over()
      throws Exception {
    String head =
        raw(
            "PUT /api/v1/ml/training/datasets/big HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + key
                + "\r\nContent-Type: text/csv\r\nContent-Length: "
                + 65L * MEGABYTE);
    assertThat(head).startsWith("HTTP/1.1 413").contains("Common:TooLarge");
    Answer streamed =
        door.send(
            key,
            HttpRequest.newBuilder(door.address().resolve(TRAINING + "/datasets/big"))
                .header("Content-Type", "text/csv")
                .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(65L * MEGABYTE))));
    assertThat(streamed.status()).isEqualTo(413);
    assertThat(streamed.code()).isEqualTo("Common:TooLarge");
  }

  @Test
  void an_event_arrives_while_the_stream_goes_on() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> events =
          client.send(
              HttpRequest.newBuilder(door.address().resolve(TRAINING + "/jobs/1/events"))
                  .header("Authorization", "Bearer " + key)
                  .header("Accept", "text/event-stream")
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(events.headers().firstValue("Content-Type")).contains("text/event-stream");
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8));
      assertThat(lines.readLine()).isEqualTo("data: one");
      assertThat(lines.readLine()).isEmpty();
      door.services().releaseSecondEvent();
      assertThat(lines.readLine()).isEqualTo("data: two");
    }
  }

  @Test
  void a_service_that_is_away_is_named() {
    Answer answer = door.post(key, "/api/v1/ml/predict", "{}");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.code()).isEqualTo("Api:ServiceUnavailable");
    assertThat(answer.json().at("/params/service").asString()).isEqualTo("serving-router");
    assertThat(answer.header("Retry-After")).isEqualTo("2");
  }

  @Test
  void a_service_that_says_nothing_in_time_is_named() {
    Answer answer = door.post(key, TRAINING + "/silent", "{}");
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.code()).isEqualTo("Api:ServiceTimeout");
  }

  @Test
  void a_service_that_breaks_off_leaves_a_write_unclear_and_a_read_unavailable() {
    assertThat(door.post(key, TRAINING + "/breaks-off", "{}").status()).isEqualTo(504);
    assertThat(door.get(key, TRAINING + "/breaks-off").status()).isEqualTo(503);
    assertThat(door.get(key, TRAINING + "/jobs").status()).isEqualTo(200);
  }

  @Test
  void a_service_that_refuses_an_upload_early_is_heard() {
    Answer answer =
        door.send(
            key,
            HttpRequest.newBuilder(door.address().resolve(TRAINING + "/refuses-early"))
                .header("Content-Type", "text/csv")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[200 * 1024])));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text()).isEqualTo("no");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/ml/training/../experiments",
        "/api/v1/ml/training/%2e%2e/experiments",
        "/api/v1/ml/training/a%2fb",
        "/api/v1/ml/training/;x=1/jobs",
        "/api/v1/ml//training",
        "/api/v1/ml/training/%00",
        "/api/v1/ml/training/a%0d%0ab"
      })
  void a_treacherous_path_is_refused_before_anything_looks_at_it(String path) throws Exception {
    // By hand: HTTP clients clean paths up.
    String head = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key);
    assertThat(head).startsWith("HTTP/1.1 400");
  }

  @Test
  void a_request_hidden_in_a_body_is_not_heard() throws Exception {
    String answers =
        raw(
            "POST /api/v1/ml/training/first HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + key
                + "\r\nContent-Type: application/json\r\nContent-Length: 200\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + "GET /api/v1/ml/training/hidden HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + key);
    assertThat(answers.split("HTTP/1\\.1 ", -1)).hasSize(2);
    assertThat(door.services().last().target()).endsWith("/first");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: xchunked",
        "Content-Length: -1",
        "X-A: b\u0000c"
      })
  void a_request_that_two_servers_may_cut_differently_is_refused(String header) throws Exception {
    String head =
        raw(
            "POST /api/v1/ml/training/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + key
                + "\r\nContent-Type: application/json\r\n"
                + header);
    assertThat(head).matches("(?s)HTTP/1.1 (400|501|405).*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/ml/experiments",
        "/api/v1/ml/keys",
        "/api/v1/ml/training/jobs",
        "/api/v1/ml/models",
        "/api/v1/ml/predict",
        "/api/v1/ml/features",
        "/v2/health/live",
        "/get-online-features",
        "/nowhere"
      })
  void nobody_comes_in_without_credentials(String path) {
    for (String credential :
        new String[] {"", "mlk_" + "A".repeat(43), "x.y.z", forged("none"), forged("HS256")}) {
      Answer answer = door.get(credential, path);
      assertThat(answer.status()).as(credential).isIn(401, 429);
      if (answer.status() == 401) {
        assertThat(answer.code()).isEqualTo("Common:Unauthenticated");
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
      }
    }
  }

  @Test
  void a_request_that_cannot_be_read_is_answered_by_a_problem() throws Exception {
    UnreadableRequests.check(door.address(), "/api/v1/ml/experiments", key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/materialize", "/v22/models/m", "/x/y"})
  void a_path_that_nobody_has_is_not_found(String path) {
    for (Answer answer : List.of(door.get(key, path), door.post(key, path, "{}"))) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(404);
      assertThat(answer.code()).isEqualTo("Common:NotFound");
    }
  }

  @Test
  void mlflows_version_is_told_to_its_clients() {
    assertThat(door.get(key, "/version").text()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(door.get("", "/version").json().get("error_code").asString())
        .isEqualTo("UNAUTHENTICATED");
  }

  @Test
  void a_jobs_token_opens_nothing_but_the_mlflow_door() {
    String job = TestTokens.job("default", "j1", 1, "0".repeat(32));
    for (String path :
        new String[] {
          "/api/v1/ml/experiments", "/api/v1/ml/keys", "/api/v1/ml/training/jobs", "/v2/x"
        }) {
      Answer answer = door.get(job, path);
      assertThat(answer.status()).as(path).isEqualTo(403);
      assertThat(answer.code()).isEqualTo("Api:JobTokenNotAccepted");
    }
  }

  @Test
  void a_services_own_token_is_let_in_as_itself() {
    String service = TestTokens.service("default", "training-orchestrator");
    assertThat(door.get(service, "/api/v1/ml/experiments").status()).isEqualTo(200);
  }

  @Test
  void health_names_each_service_and_engine() {
    Answer answer = door.get("", "/health");
    assertThat(answer.status()).isEqualTo(200);
    JsonNode health = answer.json();
    assertThat(health.get("status").asString()).isEqualTo("degraded");
    assertThat(health.at("/services/training-orchestrator").asString()).isEqualTo("up");
    assertThat(health.at("/services/serving-router").asString()).isEqualTo("down");
    assertThat(health.at("/engines/postgresql").asString()).isEqualTo("up");
    assertThat(health.at("/engines/mlflow").asString()).isEqualTo("up");
    assertThat(health.path("engines").has("ray")).isFalse();
  }

  @Test
  void the_documentation_has_one_entry_per_service() {
    assertThat(door.get("", "/docs").text()).contains("/docs/ui/start.js");
    String entries = door.get("", "/docs/ui/start.js").text();
    assertThat(entries).contains("/docs/ml-api.json");
    for (Destination destination : Destination.SERVICES) {
      assertThat(entries).contains("/docs/" + destination.wire() + ".json");
    }
    assertThat(door.get("", "/docs/ui/swagger-ui-bundle.js").status()).isEqualTo(200);
    assertThat(door.get("", "/docs/feature-gateway.json").status()).isEqualTo(200);
    assertThat(door.services().last().target()).isEqualTo("/v3/api-docs");
    assertThat(door.get("", "/docs/serving-router.json").status()).isEqualTo(503);
    assertThat(door.get("", "/docs/ui/../../application.yaml").status()).isNotEqualTo(200);
  }

  @Test
  void the_api_is_the_one_that_is_checked_in() {
    OpenApiContract.verify(
        door.get("", "/v3/api-docs").text(), Path.of("src/main/openapi/ml-api.json"));
  }

  private String raw(String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.address().getPort())) {
      socket.setSoTimeout(3_000);
      OutputStream out = socket.getOutputStream();
      out.write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        socket.getInputStream().transferTo(answer);
      } catch (SocketTimeoutException e) {
        // The server still waits for a body that was announced; its answer is here.
      }
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** An internal token's claims under a signature that nobody made. */
  private static String forged(String algorithm) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String head =
        encoder.encodeToString(
            ("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\",\"kid\":\"ml-api\"}")
                .getBytes(StandardCharsets.UTF_8));
    String claims =
        encoder.encodeToString(
            ("{\"iss\":\"ml-api\",\"aud\":\"matih-ml\",\"sub\":\"user:x\",\"tenant\":\"default\","
                    + "\"roles\":[\"admin\"],\"exp\":99999999999}")
                .getBytes(StandardCharsets.UTF_8));
    return head + "." + claims + "." + encoder.encodeToString(new byte[32]);
  }

  private static long usedHeapAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** A long file of nothing. */
  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long length) {
      this.left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int n = (int) Math.min(left, length);
      left -= n;
      return n;
    }
  }
}
