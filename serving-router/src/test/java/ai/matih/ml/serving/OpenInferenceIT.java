package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.openinference.grpc.GrpcServer;
import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceFutureStub;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ServerLiveRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Open Inference Protocol of one router, as its clients and others use it. */
class OpenInferenceIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String MATRIX =
      "{\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1.5,0.5,3]}]}";
  private static final Path CLIENTS = Path.of("src/test/python/oip_clients");

  @TempDir static Path data;

  private static Neighbours neighbours;
  private static RouterUnderTest router;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    router =
        RouterUnderTest.start(
            TestEngines.postgres().freshDatabase("serving"), data, neighbours.url());
    neighbours.register("acme", "late", 1, "production", "numeric-v1");
    router.deployed("late", 1, "{\"strategy\":\"direct\"}");
    neighbours.register("acme", "weather", 1, "production", "features");
    router.deployed("weather", 1, "{\"strategy\":\"direct\"}");
    channel = channelTo(router);
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    router.close();
    neighbours.close();
  }

  private static ManagedChannel channelTo(RouterUnderTest router) {
    return NettyChannelBuilder.forAddress("127.0.0.1", router.bean(GrpcServer.class).port())
        .usePlaintext()
        .maxInboundMessageSize(64 << 20)
        .build();
  }

  @Test
  void other_peoples_clients_work_unchanged() throws Exception {
    JsonNode seen = JSON.readTree(clients("ask_triton.py", "late", "1"));

    JsonNode answer = seen.at("/http/answer");
    assertThat(answer.path("id").asString()).isEqualTo("mine");
    assertThat(answer.path("model_version").asString()).isEqualTo("1");
    assertThat(seen.at("/grpc/answer/id").asString()).isEqualTo("mine");
    for (String protocol : List.of("http", "grpc")) {
      String request = seen.at("/" + protocol + "/answer/parameters/request_id").asString();
      Answer why = router.get("/predictions/" + request + "/explanation").expect(200);
      assertThat(why.text("/chosen_by")).isEqualTo("unit_id");
      assertThat(seen.at("/" + protocol + "/server/name").asString()).isEqualTo("matih-ml");
      assertThat(seen.at("/" + protocol + "/model/inputs/2/name").asString()).isEqualTo("distance");
      assertThat(seen.at("/" + protocol + "/model/outputs/1/datatype").asString())
          .isEqualTo("FP32");
    }
    assertThat(seen.at("/http/model")).isEqualTo(seen.at("/http/pinned"));
    refusals(seen.at("/http/refusals"), Map.of("unknown", "404", "no key", "401"), "400");
    refusals(
        seen.at("/grpc/refusals"),
        Map.of(
            "unknown", "StatusCode.NOT_FOUND",
            "no key", "StatusCode.UNAUTHENTICATED",
            "no time", "StatusCode.DEADLINE_EXCEEDED"),
        "StatusCode.INVALID_ARGUMENT");
    for (JsonNode rows : JSON.readTree(clients("ask_kserve.py", "late")).path("probabilities")) {
      for (int i = 0; i < 4; i++) {
        assertThat(rows.at("/%d/%d".formatted(i / 2, i % 2)).asDouble())
            .isCloseTo(
                seen.at("/http/probabilities/%d/%d".formatted(i / 2, i % 2)).asDouble(),
                offset(1e-6));
      }
    }
    assertThat(seen.at("/http/refusals/missing input/1").asString())
        .contains("inputs.distance[0] is required");
  }

  private static void refusals(JsonNode refusals, Map<String, String> named, String others) {
    refusals
        .properties()
        .forEach(
            refusal -> {
              String name = refusal.getKey();
              boolean unknown = name.endsWith(" model") || name.endsWith(" version");
              String expected = named.getOrDefault(unknown ? "unknown" : name, others);
              assertThat(refusal.getValue().path(0).asString())
                  .as("%s: %s", name, refusal.getValue())
                  .isEqualTo(expected);
            });
    assertThat(refusals.size()).isGreaterThan(10);
  }

  /** What a program with clients in it saw. */
  private static String clients(String program, String... arguments) throws Exception {
    Path python = TestEngines.python("oip", CLIENTS.resolve("requirements.lock"));
    Path output = Files.createTempFile(data, "clients", ".json");
    List<String> command =
        new ArrayList<>(
            List.of(
                python.toString(),
                CLIENTS.resolve(program).toString(),
                "http://127.0.0.1:" + router.uri("/v2").getPort(),
                "127.0.0.1:" + router.bean(GrpcServer.class).port()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("MATIH_KEY", TestTokens.user("acme", "alice", Role.INFERENCE));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
      return Files.readString(output)
          .lines()
          .filter(l -> l.startsWith("{"))
          .findFirst()
          .orElseThrow();
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/v2/models/late/infer|viewer|acme|403|Common:Forbidden",
        "POST|/v2/models/late/infer|inference|globex|404|Serving:ModelNotServed",
        "POST|/v2/models/late/versions/9/infer|inference|acme|404|Serving:VersionNotServed",
        "GET|/v2/models/late/infer|inference|acme|405|Common:MethodNotAllowed",
        "POST|/v2/models/late|inference|acme|405|Common:MethodNotAllowed",
        "GET|/v2/models/late|inference|globex|404|Serving:ModelNotServed",
        "GET|/v2/models/late/versions/9/ready|inference|acme|404|Serving:VersionNotServed",
        "GET|/v2/models/late/config|inference|acme|404|Common:NotFound",
        "GET|/v2/models//ready|inference|acme|404|Common:NotFound",
        "GET|/v2/repository/index|inference|acme|404|Common:NotFound"
      })
  void a_refusal_says_why_in_both_forms(
      String method, String path, String role, String tenant, int status, String code) {
    Answer answer =
        router
            .as(tenant)
            .send(
                router
                    .as(tenant)
                    .request(path, Role.ofWire(role).orElseThrow())
                    .method(method, HttpRequest.BodyPublishers.ofString(MATRIX)));

    answer.expect(status, code);
    assertThat(answer.text("/error")).isNotBlank().isEqualTo(answer.text("/detail"));
    if (status == 405) {
      assertThat(answer.http().headers().firstValue("Allow"))
          .contains(method.equals("GET") ? "POST" : "GET");
    }
  }

  @Test
  void whoever_may_see_deployments_may_ask_about_models() {
    for (String path :
        List.of(
            "/v2",
            "/v2/health/live",
            "/v2/health/ready",
            "/v2/models/late",
            "/v2/models/late/ready")) {
      router.send(router.request(path, Role.VIEWER).GET()).expect(200);
      router
          .send(HttpRequest.newBuilder(router.uri(path)).GET())
          .expect(401, "Common:Unauthenticated");
    }
  }

  @Test
  void a_body_that_is_too_large_is_refused() {
    Answer answer =
        router.send(
            router
                .request("/v2/models/late/infer", Role.INFERENCE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[9 << 20])));

    answer.expect(413, "Common:TooLarge");
    assertThat(answer.text("/error")).contains("8388608 bytes");
  }

  @Test
  void features_come_from_the_store_by_a_tensor_named_as_the_join_key() {
    neighbours.feature("JFK", Map.of("weather:temp", 1.5, "weather:wind_speed", 0.5));
    String question =
        """
        {"inputs":[{"name":"origin","datatype":"BYTES","shape":[2],"data":["JFK","%s"]},
         {"name":"distance","datatype":"FP32","shape":[2],"data":[3,3]}]%s}
        """;

    Answer answer = infer("weather", question.formatted("JFK", "")).expect(200);
    assertThat(answer.body().at("/outputs/1/data/0"))
        .isEqualTo(infer("late", MATRIX).expect(200).body().at("/outputs/1/data/0"));
    assertThat(answer.body().at("/parameters").has("absent_features")).isFalse();

    Answer absent = infer("weather", question.formatted("nowhere", "")).expect(200);
    assertThat(absent.text("/parameters/absent_features")).contains("nowhere", "not_found");
    infer("weather", question.formatted("nowhere", ",\"parameters\":{\"on_absent\":\"fail\"}"))
        .expect(409, "Serving:FeaturesAbsent");
    assertThat(
            router
                .send(router.request("/v2/models/weather", Role.INFERENCE).GET())
                .text("/parameters/join_keys"))
        .isEqualTo("origin");
  }

  private static Answer infer(String model, String body) {
    return router.send(
        router
            .request("/v2/models/" + model + "/infer", Role.INFERENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void calls_are_measured_as_others_are() throws Exception {
    infer("late", MATRIX).expect(200);
    assertThat(stub("acme", Role.INFERENCE).modelInfer(contents("late")).getModelVersion())
        .isEqualTo("1");

    String meters = router.get("/actuator/prometheus").expect(200).http().body();

    assertThat(meters)
        .contains("uri=\"/v2/models/{model}/infer\"")
        .containsPattern("grpc_server_processing_duration_seconds_count\\{.*method=\"ModelInfer\"")
        .containsPattern("serving_predictions_seconds_count\\{.*model=\"late\"");
  }

  @Test
  void a_refusal_over_grpc_has_its_status_and_its_code() {
    GRPCInferenceServiceBlockingStub ours = stub("acme", Role.INFERENCE);
    ModelInferRequest asked = contents("late");
    InferInputTensor input = asked.getInputs(0);

    refused(
        () -> stub("globex", Role.INFERENCE).modelInfer(asked),
        Status.Code.NOT_FOUND,
        "Serving:ModelNotServed");
    refused(
        () -> stub("acme", Role.VIEWER).modelInfer(asked),
        Status.Code.PERMISSION_DENIED,
        "Common:Forbidden");
    refused(
        () ->
            GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .serverLive(ServerLiveRequest.getDefaultInstance()),
        Status.Code.UNAUTHENTICATED,
        "Common:Unauthenticated");
    refused(
        () ->
            ours.modelMetadata(
                ModelMetadataRequest.newBuilder().setName("late").setVersion("9").build()),
        Status.Code.NOT_FOUND,
        "Serving:VersionNotServed");
    for (ModelInferRequest wrong :
        List.of(
            // Both forms at once, too few parts, bytes that are too many, no values, too few
            // values.
            asked.toBuilder().addRawInputContents(ByteString.copyFrom(new byte[12])).build(),
            asked.toBuilder()
                .setInputs(0, input.toBuilder().clearContents())
                .addRawInputContents(ByteString.EMPTY)
                .addRawInputContents(ByteString.EMPTY)
                .build(),
            asked.toBuilder()
                .setInputs(0, input.toBuilder().clearContents())
                .addRawInputContents(ByteString.copyFrom(new byte[13]))
                .build(),
            asked.toBuilder().setInputs(0, input.toBuilder().clearContents()).build(),
            asked.toBuilder().setInputs(0, input.toBuilder().setShape(1, 4)).build(),
            asked.toBuilder().setInputs(0, input.toBuilder().setDatatype("FP16")).build(),
            asked.toBuilder()
                .setInputs(
                    0,
                    input.toBuilder()
                        .setDatatype("INT8")
                        .setContents(
                            InferTensorContents.newBuilder()
                                .addIntContents(1)
                                .addIntContents(2)
                                .addIntContents(300)))
                .build(),
            asked.toBuilder().clearInputs().build())) {
      refused(() -> ours.modelInfer(wrong), Status.Code.INVALID_ARGUMENT, "Common:InvalidRequest");
    }
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> ours.modelInfer(asked.toBuilder().setId("x".repeat(9 << 20)).build()))
        .satisfies(
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
  }

  private interface Call {
    Object make();
  }

  private static void refused(Call call, Status.Code status, String code) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call::make)
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(status);
              assertThat(e.getStatus().getDescription()).isNotBlank();
              Metadata trailers = java.util.Objects.requireNonNull(e.getTrailers());
              assertThat(
                      trailers.get(
                          Metadata.Key.of("problem-code", Metadata.ASCII_STRING_MARSHALLER)))
                  .isEqualTo(code);
            });
  }

  @Test
  void the_callers_deadline_is_kept() {
    CountDownLatch held = neighbours.holdFeatures();
    try {
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(
              () ->
                  stub("acme", Role.INFERENCE)
                      .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                      .modelInfer(byKey()))
          .satisfies(
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    } finally {
      held.countDown();
    }
    assertThat(stub("acme", Role.INFERENCE).modelInfer(contents("late")).getModelName())
        .isEqualTo("late");
  }

  @Test
  void a_router_that_ends_answers_the_calls_that_run() throws Exception {
    neighbours.register("acme", "ending", 1, "production", "features");
    neighbours.feature("JFK", Map.of("weather:temp", 1.5, "weather:wind_speed", 0.5));
    RouterUnderTest ending =
        RouterUnderTest.start(
            TestEngines.postgres().freshDatabase("serving"),
            Files.createTempDirectory(data, "ending"),
            neighbours.url());
    ManagedChannel to = channelTo(ending);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ending.deployed("ending", 1, "{\"strategy\":\"direct\"}");
      CountDownLatch held = neighbours.holdFeatures();
      int before = neighbours.featureCalls();
      GRPCInferenceServiceFutureStub stub =
          GRPCInferenceServiceGrpc.newFutureStub(to)
              .withInterceptors(
                  MetadataUtils.newAttachHeadersInterceptor(key("acme", Role.INFERENCE)));
      Future<ModelInferResponse> running =
          stub.modelInfer(byKey().toBuilder().setModelName("ending").build());
      while (neighbours.featureCalls() == before) {
        Thread.onSpinWait();
      }
      Future<?> closing = threads.submit(ending::close);
      while (!to.getState(false).equals(io.grpc.ConnectivityState.IDLE)) {
        Thread.onSpinWait();
      }
      assertThat(running).isNotDone();
      held.countDown();

      assertThat(running.get(20, TimeUnit.SECONDS).getModelVersion()).isEqualTo("1");
      closing.get(60, TimeUnit.SECONDS);
    } finally {
      to.shutdownNow();
      ending.close();
    }
  }

  private static ModelInferRequest contents(String model) {
    return ModelInferRequest.newBuilder()
        .setModelName(model)
        .addInputs(
            InferInputTensor.newBuilder()
                .setName("X")
                .setDatatype("FP32")
                .addShape(1)
                .addShape(3)
                .setContents(
                    InferTensorContents.newBuilder()
                        .addFp32Contents(1.5f)
                        .addFp32Contents(0.5f)
                        .addFp32Contents(3)))
        .build();
  }

  private static ModelInferRequest byKey() {
    return ModelInferRequest.newBuilder()
        .setModelName("weather")
        .addInputs(
            InferInputTensor.newBuilder()
                .setName("origin")
                .setDatatype("BYTES")
                .addShape(1)
                .setContents(
                    InferTensorContents.newBuilder()
                        .addBytesContents(ByteString.copyFromUtf8("JFK"))))
        .addInputs(
            InferInputTensor.newBuilder()
                .setName("distance")
                .setDatatype("FP64")
                .addShape(1)
                .setContents(InferTensorContents.newBuilder().addFp64Contents(3)))
        .build();
  }

  private static GRPCInferenceServiceBlockingStub stub(String tenant, Role role) {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(key(tenant, role)));
  }

  private static Metadata key(String tenant, Role role) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + TestTokens.user(tenant, "alice", role));
    return headers;
  }
}
