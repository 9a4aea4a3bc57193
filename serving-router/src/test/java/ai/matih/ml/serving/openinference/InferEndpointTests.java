package ai.matih.ml.serving.openinference;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;

import ai.matih.ml.common.dataplane.BodyMemory;
import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.fixture.Asked;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.prediction.FeatureRow;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.prediction.Prediction;
import ai.matih.ml.serving.prediction.PredictionInputs;
import ai.matih.ml.serving.prediction.PredictionReader;
import ai.matih.ml.serving.prediction.PredictionSettings;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.routing.RouterInMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InferEndpointTests {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_BODY = 1_000_000;
  private static final DataSize MEMORY = DataSize.ofBytes(2 * MAX_BODY);
  private static final String LENGTH = "Inference-Header-Content-Length";
  private static final String PATH = "/v2/models/late/infer";
  private static final String COLUMNS =
      """
      {"name":"temp","datatype":"FP64","shape":[2,1],"data":[1.5,30]},
      {"name":"wind_speed","datatype":"FP32","shape":[2],"data":[0.5,null]},
      {"name":"distance","datatype":"INT32","shape":[2,1],"data":[[3],[700]]}
      """;

  private final InMemoryServing serving = new InMemoryServing();
  private final RouterInMemory router =
      new RouterInMemory(
          serving, new OnnxEngine(new ScoringLimit(8, 100, Duration.ofSeconds(5))), List.of());
  private final Predict predict =
      new Predict(
          router.router,
          new PredictionInputs((_, _) -> List.of(new FeatureRow(Map.of(), Map.of()))),
          router.observers,
          serving.clock);
  private final BodyMemory memory = new BodyMemory(MEMORY);
  private final Endpoint endpoint =
      new InferEndpoint(new InferReader(1_000), predict, memory, MAX_BODY);

  @BeforeEach
  void serve() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    router.pass(3);
  }

  @AfterEach
  void stop() {
    router.stop();
  }

  @Test
  void columns_are_answered_as_rows_are() {
    Prediction expected =
        predict.answer(
            TENANT,
            "user:bob",
            "r-1",
            new PredictionReader(new PredictionSettings(10, 3, Duration.ofSeconds(1), 1))
                .read(
                    """
                    {"model_id":"late","instances":[{"temp":1.5,"wind_speed":0.5,"distance":3},
                     {"temp":30,"wind_speed":null,"distance":700}]}
                    """
                        .getBytes(StandardCharsets.UTF_8)));

    JsonNode answer =
        JSON.readTree(
            answered("{\"id\":\"mine\",\"inputs\":[" + COLUMNS + "]}")
                .toString(StandardCharsets.UTF_8));

    assertThat(answer.path("id").asString()).isEqualTo("mine");
    assertThat(answer.path("model_name").asString()).isEqualTo("late");
    assertThat(answer.path("model_version").asString()).isEqualTo("1");
    assertThat(answer.at("/parameters/request_id").asString()).isEqualTo("r-1");
    assertThat(answer.at("/parameters/variant").asString()).isEqualTo("stable");
    assertThat(answer.at("/outputs/0").toString())
        .isEqualTo(
            "{\"name\":\"prediction\",\"datatype\":\"INT64\",\"shape\":[2],\"data\":[%s,%s]}"
                .formatted(expected.scores().prediction(0), expected.scores().prediction(1)));
    assertThat(answer.at("/outputs/1/shape").toString()).isEqualTo("[2,2]");
    for (int i = 0; i < 4; i++) {
      assertThat(answer.at("/outputs/1/data/" + i).asDouble())
          .isCloseTo(expected.scores().values()[i], offset(1e-6));
    }
  }

  @Test
  void a_matrix_in_bytes_is_answered_as_columns_in_json_are() {
    ByteBuffer floats = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : new float[] {1.5f, 0.5f, 3, 30, Float.NaN, 700}) {
      floats.putFloat(value);
    }
    String header =
        """
        {"parameters":{"binary_data_output":true},"inputs":[
         {"name":"X","datatype":"FP32","shape":[2,3],"parameters":{"binary_data_size":24}}],
         "outputs":[{"name":"probabilities"},{"name":"prediction","parameters":{"binary_data":false}}]}
        """;
    Output out = answered(header, floats.array());
    String[] headers = out.headers().split("\r\n", -1);
    int json = Integer.parseInt(headers[1].substring(LENGTH.length() + 2));
    JsonNode columns =
        JSON.readTree(answered("{\"inputs\":[" + COLUMNS + "]}").toString(StandardCharsets.UTF_8));

    byte[] bytes = out.toByteArray();
    JsonNode answer = JSON.readTree(new String(bytes, 0, json, StandardCharsets.UTF_8));

    assertThat(headers[0]).isEqualTo("Content-Type: application/octet-stream");
    assertThat(answer.at("/outputs/0/parameters/binary_data_size").asInt()).isEqualTo(16);
    assertThat(answer.at("/outputs/1/data")).isEqualTo(columns.at("/outputs/0/data"));
    ByteBuffer values =
        ByteBuffer.wrap(bytes, json, bytes.length - json).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(values.remaining()).isEqualTo(16);
    for (int i = 0; i < 4; i++) {
      assertThat((double) values.getFloat())
          .isCloseTo(columns.at("/outputs/1/data/" + i).asDouble(), offset(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UINT8, 1, 03",
    "INT8, 1, 03",
    "UINT16, 2, 0300",
    "INT16, 2, 0300",
    "UINT32, 4, 03000000",
    "INT32, 4, 03000000",
    "UINT64, 8, 0300000000000000",
    "INT64, 8, 0300000000000000",
    "FP16, 2, 0042",
    "BF16, 2, 4040",
    "FP32, 4, 00004040",
    "FP64, 8, 0000000000000840"
  })
  void three_is_three_in_every_datatype(String datatype, int size, String hex) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex);
    String header =
        """
        {"inputs":[{"name":"distance","datatype":"%s","shape":[1],"parameters":{"binary_data_size":%d}}]}
        """
            .formatted(datatype, size);
    String expected =
        """
        {"inputs":[{"name":"distance","datatype":"INT64","shape":[1],"data":[3]}]}
        """;

    assertThat(answered(header, bytes).toString(StandardCharsets.UTF_8))
        .isEqualTo(answered(expected).toString(StandardCharsets.UTF_8));
  }

  @Test
  void a_unit_meets_the_same_version_by_both_protocols() {
    serving.ready(2, Stage.PRODUCTION, RolloutPlan.NONE);
    serving.share(1, 5_000, 2, 5_000);
    router.pass(3);
    PredictionReader reader =
        new PredictionReader(new PredictionSettings(10, 3, Duration.ofSeconds(1), 1));
    Set<Long> seen = new HashSet<>();
    for (int unit = 0; unit < 40; unit++) {
      Prediction expected =
          predict.answer(
              TENANT,
              "user:bob",
              "r-1",
              reader.read(
                  "{\"model_id\":\"late\",\"unit_id\":\"u-%d\",\"features\":{\"distance\":1,\"temp\":1,\"wind_speed\":1}}"
                      .formatted(unit)
                      .getBytes(StandardCharsets.UTF_8)));
      JsonNode answer =
          JSON.readTree(
              answered(
                      "{\"parameters\":{\"unit_id\":\"u-%d\",\"priority\":1},\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1,1,1]}]}"
                          .formatted(unit))
                  .toString(StandardCharsets.UTF_8));
      assertThat(answer.path("model_version").asString())
          .isEqualTo(Long.toString(expected.target().version()));
      seen.add(expected.target().version());
    }
    assertThat(seen).containsExactlyInAnyOrder(1L, 2L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json|Common:MalformedRequest|",
        "[]|Common:MalformedRequest|",
        "{\"inputs\":[]} x|Common:MalformedRequest|",
        "{\"inputs\":[{\"name\":\"temp\",\"name\":\"temp\"}]}|Common:MalformedRequest|",
        "{}|Common:InvalidRequest|inputs",
        "{\"inputs\":{}}|Common:InvalidRequest|inputs",
        "{\"inputs\":[1]}|Common:InvalidRequest|inputs[0]",
        "{\"inputs\":[{}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"id\":7,\"inputs\":[]}|Common:InvalidRequest|id",
        "{\"parameters\":[]}|Common:InvalidRequest|parameters",
        "{\"inputs\":[{\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}|Common:InvalidRequest|inputs[0].name",
        "{\"inputs\":[{\"name\":\"temp\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].datatype",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FLOAT\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].datatype",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":1}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[{}]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[\"1\"]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP16\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"BOOL\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"UINT8\",\"shape\":[1],\"data\":[256]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"UINT8\",\"shape\":[1],\"data\":[-1]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[-129]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[1.5]}]}|Common:InvalidRequest|inputs[0].data",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[],\"data\":[]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[0],\"data\":[]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[-1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1,1,1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1e0],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[99999999999999999999,1],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1000,1000000],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1001],\"data\":[1]}]}|Common:InvalidRequest|inputs[0].shape",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"shared_memory_region\":\"a\"}}]}|Common:InvalidRequest|inputs[0].parameters.shared_memory_region",
        "{\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[NaN]}]}|Common:InvalidRequest|inputs.distance[0]",
        "{\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[null]}]}|Common:InvalidRequest|inputs.distance[0]",
        "{\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[Infinity]}]}|Common:InvalidRequest|inputs.distance[0]",
        "{\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[1e300]}]}|Common:InvalidRequest|inputs.distance[0]",
        "{\"inputs\":[{\"name\":\"distance\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"far\"]}]}|Common:InvalidRequest|inputs.distance[0]",
        "{\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}]}|Common:InvalidRequest|inputs.distance[0]",
        "{\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}]}|Common:InvalidRequest|inputs.X[0]",
        "{\"inputs\":[{\"name\":\"temp\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|inputs.distance[0]",
        "{\"parameters\":{\"unit_id\":\"\"},\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|parameters.unit_id",
        "{\"parameters\":{\"on_absent\":\"x\"},\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|parameters.on_absent",
        "{\"outputs\":[{\"name\":\"score\"}],\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|outputs[0].name",
        "{\"outputs\":[{\"name\":\"prediction\"},{\"name\":\"prediction\"}],\"inputs\":[{\"name\":\"distance\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}|Common:InvalidRequest|outputs[1].name",
        "{\"outputs\":[{\"name\":\"prediction\",\"parameters\":{\"classification\":2}}],\"inputs\":[]}|Common:InvalidRequest|outputs[0].parameters.classification"
      })
  void what_is_wrong_in_json_is_named(String body, String code, String field) {
    Problem problem = refused(PATH, body, new byte[0], Map.of());

    assertThat(problem.error().code()).isEqualTo(code);
    if (field != null) {
      assertThat(problem.violations()).extracting(v -> v.field()).first().isEqualTo(field);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,\"a\"]",
        "[\"a\",1]",
        "[\"a\",1.5]",
        "[\"a\",true]",
        "[\"a\",null]",
        "[null,\"a\"]",
        "[true,\"a\"]",
        "[[1],[\"a\"]]",
        "[[\"a\"],[false]]",
        "[true,1]",
        "[1,false]",
        "[{},1]",
        "[[],1]"
      })
  void values_of_one_tensor_are_of_one_kind(String data) {
    for (Datatype datatype : Datatype.values()) {
      assertThat(refusedData(datatype, 2, data))
          .as("%s as %s", data, datatype)
          .isEqualTo("inputs[0].data");
    }
  }

  /** The arrays for texts and for numbers grow at different places. */
  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 32, 33, 100})
  void one_value_of_another_kind_is_found_wherever_it_is(int before) {
    String texts = "\"a\",".repeat(before);
    String numbers = "7,".repeat(before);

    assertThat(refusedData(Datatype.BYTES, before + 1, "[" + texts + "1]"))
        .isEqualTo("inputs[0].data");
    assertThat(refusedData(Datatype.INT64, before + 1, "[" + numbers + "\"a\"]"))
        .isEqualTo("inputs[0].data");
  }

  private String refusedData(Datatype datatype, int rows, String data) {
    String json =
        "{\"inputs\":[{\"name\":\"distance\",\"datatype\":\"%s\",\"shape\":[%d],\"data\":%s}]}"
            .formatted(datatype, rows, data);
    return refused(PATH, json, new byte[0], Map.of()).violations().getFirst().field();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Header's length, size that is told, bytes that are sent, what is named
        "exact|12|12|",
        "exact|12|11|inputs[0].parameters.binary_data_size",
        "exact|12|13|inputs",
        "exact|11|11|inputs[0]",
        "exact|16|16|inputs[0]",
        "exact|-1|12|inputs[0].parameters.binary_data_size",
        "exact|4294967308|12|inputs[0].parameters.binary_data_size",
        "exact|1.5|12|inputs[0].parameters.binary_data_size",
        "exact|\"12\"|12|inputs[0].parameters.binary_data_size",
        "absent|12|0|inputs[0].parameters.binary_data_size",
        "100000|12|12|Inference-Header-Content-Length",
        "-5|12|12|Inference-Header-Content-Length",
        "9999999999|12|12|Inference-Header-Content-Length",
        "many|12|12|Inference-Header-Content-Length"
      })
  void sizes_that_lie_are_refused(String header, String size, int sent, String field) {
    String json =
        """
        {"inputs":[{"name":"X","datatype":"FP32","shape":[1,3],"parameters":{"binary_data_size":%s}}]}
        """
            .formatted(size);
    Map<String, String> headers =
        switch (header) {
          case "absent" -> Map.of();
          case "exact" -> Map.of(LENGTH, Integer.toString(json.length()));
          default -> Map.of(LENGTH, header);
        };
    if (field == null) {
      assertThat(answered(PATH, json, new byte[sent], headers).size()).isPositive();
      return;
    }

    Problem problem = refused(PATH, json, new byte[sent], headers);

    assertThat(problem.violations()).extracting(v -> v.field()).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource({"0400000061", "ffffffff61626364", "01000000ff", "010000006162", "0100"})
  void bytes_that_are_no_texts_are_refused(String hex) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex);
    String json =
        """
        {"inputs":[{"name":"carrier","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":%d}}]}
        """
            .formatted(bytes.length);

    Problem problem = refused(PATH, json, bytes, Map.of(LENGTH, Integer.toString(json.length())));

    assertThat(problem.error()).isEqualTo(CommonError.INVALID_REQUEST);
  }

  @Test
  void values_come_once() {
    String json =
        """
        {"inputs":[{"name":"X","datatype":"FP32","shape":[1,3],"data":[1,2,3],"parameters":{"binary_data_size":12}}]}
        """;

    assertThat(
            refused(PATH, json, new byte[12], Map.of(LENGTH, Integer.toString(json.length())))
                .violations())
        .extracting(v -> v.field())
        .containsExactly("inputs[0].data");
  }

  @Test
  void packed_bodies_are_unpacked_up_to_the_limit() throws IOException {
    String question = "{\"inputs\":[" + COLUMNS + "]}";
    String plain = answered(question).toString(StandardCharsets.UTF_8);
    byte[] zeros = new byte[MAX_BODY + 1];

    for (String encoding : List.of("gzip", "deflate")) {
      byte[] packed = packed(encoding, question.getBytes(StandardCharsets.UTF_8));
      Map<String, String> headers = Map.of("Content-Encoding", encoding);
      assertThat(answered(PATH, "", packed, headers).toString(StandardCharsets.UTF_8))
          .isEqualTo(plain);
      assertThat(refused(PATH, "", packed(encoding, zeros), headers).error())
          .isEqualTo(CommonError.TOO_LARGE);
      assertThat(refused(PATH, question, new byte[0], headers).error())
          .isEqualTo(CommonError.MALFORMED_REQUEST);
    }
    assertThat(refused(PATH, question, new byte[0], Map.of("Content-Encoding", "br")).error())
        .isEqualTo(CommonError.UNSUPPORTED_MEDIA_TYPE);
    assertThat(memory.reserve(MEMORY.toBytes())).as("all memory was given back").isTrue();
  }

  @Test
  void packed_bodies_take_memory_while_they_are_unpacked() throws IOException {
    String question = "{\"inputs\":[" + COLUMNS + "]}";
    byte[] packed = packed("gzip", question.getBytes(StandardCharsets.UTF_8));
    byte[] large =
        packed("gzip", (question + " ".repeat(500_000)).getBytes(StandardCharsets.UTF_8));
    Map<String, String> headers = Map.of("Content-Encoding", "gzip");
    assertThat(memory.reserve(MEMORY.toBytes() - 100_000)).isTrue();

    Problem problem = refused(PATH, "", large, headers);

    assertThat(problem.error()).isEqualTo(CommonError.OVERLOADED);
    assertThat(problem.retryAfter()).isPresent();
    assertThat(answered(PATH, "", packed, headers).size()).isPositive();
    memory.release(MEMORY.toBytes() - 100_000);
    assertThat(answered(PATH, "", large, headers).size()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/models/nobody/infer, MODEL_NOT_SERVED",
    "/v2/models/No%20Body/infer, MODEL_NOT_SERVED",
    "/v2/models/late/versions/7/infer, VERSION_NOT_SERVED",
    "/v2/models/late/versions/newest/infer, VERSION_NOT_SERVED",
    "/v2/models/late/versions/99999999999999999999/infer, VERSION_NOT_SERVED"
  })
  void what_is_not_served_is_not_found(String path, ServingError error) {
    assertThat(refused(path, "{\"inputs\":[" + COLUMNS + "]}", new byte[0], Map.of()).error())
        .isEqualTo(error);
  }

  private static byte[] packed(String encoding, byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        encoding.equals("gzip") ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private Problem refused(String path, String json, byte[] rest, Map<String, String> headers) {
    Problem[] refusal = new Problem[1];
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> answered(path, json, rest, headers))
        .satisfies(problem -> refusal[0] = problem);
    return refusal[0];
  }

  private Output answered(String json) {
    return answered(PATH, json, new byte[0], Map.of());
  }

  private Output answered(String json, byte[] rest) {
    Map<String, String> headers = new HashMap<>();
    headers.put(LENGTH, Integer.toString(json.getBytes(StandardCharsets.UTF_8).length));
    return answered(PATH, json, rest, headers);
  }

  private Output answered(String path, String json, byte[] rest, Map<String, String> headers) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(json.getBytes(StandardCharsets.UTF_8));
    body.writeBytes(rest);
    byte[] sent = body.toByteArray();
    Output out = new Output();
    Endpoint.Work work = endpoint.read(new Asked(path, headers), sent, sent.length);
    // As the listener does: what cannot be answered at once is answered by another thread.
    if (!work.answerAtOnce(out)) {
      work.answer(out);
    }
    return out;
  }
}
