package ai.matih.ml.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.testing.RunningService;
import ai.matih.ml.training.testing.RunningService.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Data sets over HTTP, on real PostgreSQL and S3. */
class DatasetIT {

  private static final String PATH = "/api/v1/ml/training/datasets/";
  private static final String CSV =
      "origin,delay,late,at\nJFK,1.5,true,2013-01-01T10:00:00Z\nLGA,NA,false,2013-01-01T11:00:00Z\n,3,true,2013-01-01T12:00:00Z\n";

  private static RunningService service;

  @BeforeAll
  static void start() {
    service =
        RunningService.start(
            TestEngines.postgres().freshDatabase("training"),
            Map.of("training.dataset.max-size", "1MB", "training.dataset.max-columns", "50"));
  }

  @AfterAll
  static void stop() {
    service.close();
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
