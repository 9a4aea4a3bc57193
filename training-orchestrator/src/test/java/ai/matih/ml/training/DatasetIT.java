package ai.matih.ml.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.testing.RunningService;
import ai.matih.ml.training.testing.RunningService.Answer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Data sets over HTTP, on real PostgreSQL and S3. */
class DatasetIT {

  private static final String PATH = "/api/v1/ml/training/datasets/";
  private static final String SOURCES = "GET /api/v1/ml/features/sources";
  private static final String MODELS = "GET /api/v1/ml/models";
  private static final String NOTHING = "{\"items\":[]}";
  private static final String CSV =
      "origin,delay,late,at\nJFK,1.5,true,2013-01-01T10:00:00Z\nLGA,NA,false,2013-01-01T11:00:00Z\n,3,true,2013-01-01T12:00:00Z\n";

  private static RunningService service;
  private static StubService featureGateway;
  private static StubService registry;

  @BeforeAll
  static void start() {
    featureGateway = new StubService("feature-gateway");
    featureGateway.answer(SOURCES, 200, NOTHING);
    registry = new StubService("model-registry-gateway");
    registry.answer(MODELS, 200, NOTHING);
    service =
        RunningService.start(
            TestEngines.postgres().freshDatabase("training"),
            Map.of(
                "training.dataset.max-size",
                "1MB",
                "training.dataset.max-columns",
                "50",
                "matih.services.features",
                featureGateway.url(),
                "matih.services.registry",
                registry.url()));
  }

  @AfterAll
  static void stop() {
    service.close();
    featureGateway.close();
    registry.close();
  }

  @Test
  void a_csv_upload_becomes_a_version_with_typed_columns() {
    Answer created = service.put("acme", PATH + "flights", bytes(CSV), "text/csv; charset=utf-8");

    assertThat(created.status()).as(created.text()).isEqualTo(201);
    JsonNode body = created.json();
    assertThat(body.path("rows").asInt()).isEqualTo(3);
    assertThat(body.path("digest").asString()).startsWith("sha256:");
    assertThat(body.path("source").asString())
        .isEqualTo("dataset:flights@" + body.path("digest").asString());
    assertThat(body.path("uri").asString()).startsWith("s3://datasets/acme/flights/");
    assertThat(
            body.path("columns")
                .valueStream()
                .map(
                    c ->
                        c.path("name").asString()
                            + " "
                            + c.path("type").asString()
                            + " "
                            + c.path("missing").asInt()))
        .containsExactly("origin string 1", "delay double 1", "late boolean 0", "at timestamp 0");
  }

  @Test
  void the_same_bytes_are_the_same_version_and_the_newest_upload_is_current() {
    Answer first = service.put("acme", PATH + "twice", bytes("a\n1\n"), "text/csv");
    Answer other = service.put("acme", PATH + "twice", bytes("a\n2\n"), "text/csv");
    Answer again = service.put("acme", PATH + "twice", bytes("a\n1\n"), "text/csv");

    assertThat(first.status()).isEqualTo(201);
    assertThat(other.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("digest")).isEqualTo(first.json().path("digest"));
    JsonNode read = service.get("acme", PATH + "twice").json();
    assertThat(read.path("digest")).isEqualTo(first.json().path("digest"));
    assertThat(read.path("versions").size()).isEqualTo(2);
    assertThat(
            service
                .get("acme", PATH + "twice?digest=" + other.json().path("digest").asString())
                .json()
                .path("digest"))
        .isEqualTo(other.json().path("digest"));
  }

  @Test
  void the_types_of_columns_can_be_declared_and_make_another_version() {
    byte[] csv = bytes("zip,joined,x\n01234,2020-01-01,1\n90210,NA,1.5\n");
    Answer guessed = service.put("acme", PATH + "declared", csv, "text/csv");
    String types = "?type=x:string&type=zip:long";
    Answer declared = service.put("acme", PATH + "declared" + types, csv, "text/csv");
    Answer again =
        service.put("acme", PATH + "declared?type=zip:long&type=x:string", csv, "text/csv");

    assertThat(columns(guessed))
        .containsExactly("zip string guessed note", "joined date guessed", "x double guessed");
    assertThat(columns(declared))
        .containsExactly("zip long declared", "joined date guessed", "x string declared");
    assertThat(declared.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("digest")).isEqualTo(declared.json().path("digest"));
    assertThat(declared.json().path("digest")).isNotEqualTo(guessed.json().path("digest"));
    assertThat(guessed.json().path("digest").asString()).isEqualTo("sha256:" + sha256(csv));
    String digest = guessed.json().path("digest").asString();
    assertThat(columns(service.get("acme", PATH + "declared?digest=" + digest)))
        .isEqualTo(columns(guessed));
    assertThat(columns(service.get("acme", PATH + "declared"))).isEqualTo(columns(declared));
  }

  private static List<String> columns(Answer answer) {
    return answer
        .json()
        .path("columns")
        .valueStream()
        .map(
            c ->
                c.path("name").asString()
                    + " "
                    + c.path("type").asString()
                    + " "
                    + c.path("type_source").asString()
                    + (c.path("note").isMissingNode() ? "" : " note"))
        .toList();
  }

  @Test
  void a_declaration_that_does_not_fit_is_refused_with_the_place() {
    byte[] csv = bytes("zip,x\n1,2\n1b,3\n");
    Answer unfit = service.put("acme", PATH + "unfit?type=zip:long", csv, "text/csv");
    Answer unknown =
        service.put("acme", PATH + "unfit?type=zap:long&type=x:number", csv, "text/csv");
    Answer column = service.put("acme", PATH + "unfit?type=zap:long", csv, "text/csv");
    Answer parquet =
        service.put("acme", PATH + "unfit?type=x:long", csv, "application/vnd.apache.parquet");

    assertThat(unfit.status()).as(unfit.text()).isEqualTo(400);
    assertThat(unfit.code()).isEqualTo("Training:DatasetUnreadable");
    assertThat(unfit.json().path("params").path("line").asInt()).isEqualTo(3);
    assertThat(unfit.json().path("params").path("column").asString()).isEqualTo("zip");
    assertThat(unfit.json().path("params").path("expected").asString()).isEqualTo("long");
    for (Answer refused : List.of(unknown, column, parquet)) {
      assertThat(refused.status()).as(refused.text()).isEqualTo(400);
      assertThat(refused.fields()).containsExactly("type");
    }
  }

  @Test
  void a_column_stored_by_an_earlier_release_can_be_read() {
    Column column =
        service
            .bean(JsonMapper.class)
            .readValue("{\"name\":\"a\",\"type\":\"long\",\"missing\":2}", Column.class);

    assertThat(column).isEqualTo(new Column("a", "long", 2));
  }

  @Test
  void a_preview_shows_rows_and_statistics() {
    service.put("acme", PATH + "looked", bytes(CSV), "text/csv");

    Answer preview = service.get("acme", PATH + "looked/preview?rows=2");

    assertThat(preview.status()).as(preview.text()).isEqualTo(200);
    JsonNode rows = preview.json().path("rows");
    assertThat(rows.size()).isEqualTo(2);
    assertThat(rows.get(0).toString())
        .isEqualTo(
            "{\"origin\":\"JFK\",\"delay\":1.5,\"late\":true,\"at\":\"2013-01-01T10:00:00Z\"}");
    assertThat(rows.get(1).has("delay")).isFalse();
    JsonNode delay = preview.json().path("columns").get(1);
    assertThat(delay.path("count").asInt()).isEqualTo(2);
    assertThat(delay.path("missing").asInt()).isEqualTo(1);
    assertThat(delay.path("max").asDouble()).isEqualTo(3);
    assertThat(delay.path("approximate_distinct").asInt()).isEqualTo(2);
    assertThat(service.get("acme", PATH + "looked/preview?rows=0").fields())
        .containsExactly("rows");
    assertThat(service.get("acme", PATH + "nothing/preview").code())
        .isEqualTo("Training:DatasetNotFound");
    assertThat(service.get("globex", PATH + "looked/preview").status()).isEqualTo(404);
  }

  @Test
  void a_version_or_all_of_them_are_deleted_with_their_files() {
    String first = digest(service.put("acme", PATH + "gone", bytes("a\n1\n"), "text/csv"));
    Answer second = service.put("acme", PATH + "gone", bytes("a\n2\n"), "text/csv");
    S3Uri file = S3Uri.of(second.json().path("uri").asString());

    assertThat(delete("gone?digest=" + first).status()).isEqualTo(204);
    assertThat(service.get("acme", PATH + "gone?digest=" + first).status()).isEqualTo(404);
    assertThat(service.get("acme", PATH + "gone").json().path("versions").size()).isEqualTo(1);
    assertThat(service.bean(ObjectStore.class).stat(file)).isPresent();
    assertThat(delete("gone").status()).isEqualTo(204);
    assertThat(service.get("acme", PATH + "gone").status()).isEqualTo(404);
    assertThat(service.bean(ObjectStore.class).stat(file)).isEmpty();
    assertThat(delete("gone").status()).isEqualTo(204);

    Answer again = service.put("acme", PATH + "gone", bytes("a\n2\n"), "text/csv");
    assertThat(again.status()).isEqualTo(201);
    assertThat(service.get("acme", PATH + "gone/preview").status()).isEqualTo(200);
  }

  @Test
  void a_version_that_an_open_job_reads_is_not_deleted() {
    service.put("acme", PATH + "used", bytes("late,x\n1,2\n0,3\n"), "text/csv");
    Answer job =
        service.post(
            "acme",
            "/api/v1/ml/training/submit",
            """
            {"name":"late","algorithm":"xgboost","task":"classification",
             "dataset":{"source":"dataset:used"},"target_column":"late"}\
            """);
    assertThat(job.status()).as(job.text()).isEqualTo(202);
    String id = job.json().path("job_id").asString();

    Answer refused = delete("used");

    assertThat(refused.status()).as(refused.text()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("Training:DatasetInUse");
    assertThat(refused.json().path("params").path("used_by").get(0).asString()).contains(id);
    assertThat(service.get("acme", PATH + "used").status()).isEqualTo(200);
    service.post("acme", "/api/v1/ml/training/jobs/" + id + "/cancel", "{}");
    // The job may have reached the cluster meanwhile; then it ends a little later.
    Instant end = Instant.now().plus(Duration.ofSeconds(30));
    Answer deleted = delete("used");
    while (deleted.status() == 409) {
      assertThat(Instant.now()).as(deleted.text()).isBefore(end);
      deleted = delete("used");
    }
    assertThat(deleted.status()).isEqualTo(204);
  }

  @Test
  void a_version_that_a_feature_source_reads_is_not_deleted() {
    Answer stored = service.put("acme", PATH + "source", bytes("a\n1\n"), "text/csv");
    String other = digest(service.put("acme", PATH + "source", bytes("a\n2\n"), "text/csv"));
    featureGateway.answer(
        SOURCES,
        200,
        "{\"items\":[{\"name\":\"weather\",\"uri\":\"%s\",\"managed\":true}]}"
            .formatted(stored.json().path("uri").asString()));
    try {
      Answer refused = delete("source");

      assertThat(refused.status()).as(refused.text()).isEqualTo(409);
      assertThat(refused.json().path("params").path("used_by").get(0).asString())
          .isEqualTo("feature source weather");
      assertThat(delete("source?digest=" + other).status()).isEqualTo(204);
    } finally {
      featureGateway.answer(SOURCES, 200, NOTHING);
    }
    assertThat(delete("source").status()).isEqualTo(204);
  }

  @Test
  void a_version_that_a_policy_measures_on_is_not_deleted() {
    String pinned = digest(service.put("acme", PATH + "pinned", bytes("a\n1\n"), "text/csv"));
    registry.answer(MODELS, 200, "{\"items\":[{\"id\":\"churn\",\"name\":\"Churn\"}]}");
    try {
      Answer refused = delete("pinned?digest=" + pinned);

      assertThat(refused.status()).as(refused.text()).isEqualTo(409);
      assertThat(refused.json().path("params").path("used_by").get(0).asString())
          .isEqualTo("policy of model churn");
      registry.answer(MODELS, 503, "{}");
      assertThat(delete("pinned").status())
          .as("nobody is not the same as not known")
          .isEqualTo(503);
    } finally {
      registry.answer(MODELS, 200, NOTHING);
    }
    assertThat(delete("pinned").status()).isEqualTo(204);
  }

  private static Answer delete(String path) {
    return service.send("acme", "DELETE", PATH + path, null, "application/json", Map.of());
  }

  private static String digest(Answer answer) {
    return answer.json().path("digest").asString();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_data_set_belongs_to_its_tenant() {
    service.put("acme", PATH + "private", bytes("a\n1\n"), "text/csv");

    assertThat(service.get("globex", PATH + "private").code())
        .isEqualTo("Training:DatasetNotFound");
    assertThat(
            service.get("globex", PATH.substring(0, PATH.length() - 1)).json().path("items").size())
        .isZero();
    assertThat(
            service
                .get("acme", PATH.substring(0, PATH.length() - 1) + "?name_contains=rivat")
                .json()
                .path("items")
                .size())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPPER", "a--b", "-a", "a_", "a%20b", "a.b", "é"})
  void a_hostile_name_is_refused(String name) {
    Answer answer =
        service.put("acme", PATH + name.replace("é", "%C3%A9"), bytes("a\n1\n"), "text/csv");

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.fields()).containsExactly("name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a,b\\n1,2\\n3\\n; Line 3",
        "a,A\\n1,2\\n; Two columns",
        "a,,b\\n1,2,3\\n; Column 2 has no name",
        "a,b\\n; no rows",
        "a,b\\n1,\"open\\n; quote",
        "just a line; no rows",
      })
  void a_broken_csv_is_refused_with_the_reason(String content, String reason) {
    Answer answer =
        service.put("acme", PATH + "broken", bytes(content.replace("\\n", "\n")), "text/csv");

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("Training:DatasetUnreadable");
    assertThat(answer.json().path("detail").asString()).contains(reason).doesNotContain("/tmp");
  }

  @Test
  void a_hostile_file_is_refused_with_the_reason() {
    byte[] noise = new byte[4000];
    new java.util.Random(1).nextBytes(noise);
    byte[] lie = bytes("PAR1" + "x".repeat(100) + "\uffffPAR1");

    for (byte[] parquet : new byte[][] {noise, lie, bytes("a,b\n1,2\n"), bytes("PAR1")}) {
      Answer answer =
          service.put("acme", PATH + "broken", parquet, "application/vnd.apache.parquet");
      assertThat(answer.status()).as(answer.text()).isEqualTo(400);
      assertThat(answer.json().path("detail").asString()).contains("Parquet");
    }
    for (byte[] csv :
        new byte[][] {
          noise, new byte[] {'a', ',', 'b', '\n', '1', ',', (byte) 0xff, '\n'}, {0, 0, 0}
        }) {
      assertThat(service.put("acme", PATH + "broken", csv, "text/csv").status()).isEqualTo(400);
    }
    assertThat(service.put("acme", PATH + "broken", new byte[0], "text/csv").status())
        .isEqualTo(400);
  }

  @Test
  void an_upload_over_a_limit_or_of_another_type_is_refused() {
    Answer large = service.put("acme", PATH + "large", new byte[(1 << 20) + 1], "text/csv");
    Answer wide = service.put("acme", PATH + "wide", bytes("c0" + wide(51)), "text/csv");
    Answer json = service.put("acme", PATH + "json", bytes("{}"), "application/json");
    Answer nonsense = service.put("acme", PATH + "json", bytes("{}"), "nonsense");

    assertThat(large.status()).isEqualTo(413);
    assertThat(large.code()).isEqualTo("Training:DatasetTooLarge");
    assertThat(wide.code()).isEqualTo("Training:DatasetUnreadable");
    assertThat(json.status()).isEqualTo(415);
    assertThat(nonsense.status()).isEqualTo(415);
  }

  private static String wide(int columns) {
    StringBuilder header = new StringBuilder();
    StringBuilder row = new StringBuilder("1");
    for (int i = 1; i < columns; i++) {
      header.append(",c").append(i);
      row.append(",1");
    }
    return header + "\n" + row + "\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
