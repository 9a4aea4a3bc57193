package ai.matih.ml.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.local.engine.Ray;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.testing.RunningService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A version measured and tested on a real Ray, with its files on a real S3 store. */
class ExaminationOnRayIT {

  private static final String PATH = "/api/v1/ml/training/";

  /** What tests find: the model, and no secret of the platform. */
  private static final String TESTS =
      """
      import os, pathlib, mlflow, pandas

      def test_the_model_answers():
          model = mlflow.pyfunc.load_model(os.environ["MATIH_MODEL_DIR"])
          row = pandas.DataFrame([{"temp": 50.0, "hour": 23, "carrier": "B6", "holiday": True}])
          assert model.predict(row).tolist() == [1]

      def test_no_key_is_in_the_environment():
          assert not [n for n in os.environ if n.startswith(("AWS_", "MLFLOW_", "RAY_", "MATIH_JOB"))]

      def test_the_carrier_decides_nothing():
          assert False

      import pytest

      @pytest.mark.skip
      def test_later():
          pass
      """;

  @TempDir private static Path folder;

  private static RunningService service;
  private static String artifact;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Ray ray = TestEngines.ray();
    service =
        RunningService.start(
            TestEngines.postgres().freshDatabase("training"),
            Map.of(
                "RAY_URL",
                ray.url().toString(),
                "RAY_TOKEN",
                ray.token(),
                "training.job.poll",
                "500ms"));
    makeBundle();
    artifact = store(folder.resolve("model"));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static void makeBundle() throws IOException, InterruptedException {
    ProcessBuilder make =
        new ProcessBuilder(
            TestEngines.python().toString(),
            Path.of("src/test/python/make_bundle.py").toString(),
            folder.toString());
    make.environment()
        .put(
            "PYTHONPATH",
            String.join(
                File.pathSeparator,
                "src/main/python",
                "../feature-gateway/src/main/python",
                "src/test/python"));
    assertThat(make.inheritIO().start().waitFor()).isZero();
  }

  /** Puts the files where the registry keeps them, and describes them as it does. */
  private static String store(Path model) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(model)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(model.relativize(path).toString(), Digest.of(Files.readAllBytes(path)).hex());
      }
    }
    String digest = Digest.ofFiles(files).value();
    for (String path : files.keySet()) {
      byte[] content = Files.readAllBytes(model.resolve(path));
      service
          .bean(ObjectStore.class)
          .putIfAbsent(
              new S3Uri("models", "acme/" + digest.substring(7) + "/" + path),
              new ByteArrayInputStream(content),
              content.length,
              "application/octet-stream");
    }
    return RunningService.JSON.writeValueAsString(
        Map.of("model_id", "late-flights", "version", 1, "digest", digest, "files", files));
  }

  private static String submit(String kind, String body) {
    RunningService.Answer taken =
        service.postAsRegistry("acme", PATH + kind, body, UUID.randomUUID().toString());
    assertThat(taken.status()).as(taken.text()).isEqualTo(202);
    return taken.json().path("job_id").asString();
  }

  private static JsonNode ended(String id) {
    Instant until = Instant.now().plus(Duration.ofMinutes(3));
    while (true) {
      long mark = service.bean(ai.matih.ml.training.job.JobChanges.class).mark();
      JsonNode job = service.get("acme", PATH + "jobs/" + id).json();
      if (List.of("succeeded", "failed", "cancelled").contains(job.path("status").asString())) {
        return job;
      }
      assertThat(Instant.now()).as(job.toString()).isBefore(until);
      try {
        service.bean(ai.matih.ml.training.job.JobChanges.class).await(mark, Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static byte[] zip(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void a_version_is_measured_and_tested() throws IOException {
    String source =
        service
            .put(
                "acme",
                PATH + "datasets/late-flights",
                Files.readAllBytes(folder.resolve("data.csv")),
                "text/csv")
            .json()
            .path("source")
            .asString();
    String tests =
        service
            .send(
                "acme",
                "POST",
                PATH + "packages",
                zip("tests/test_model.py", TESTS),
                "application/zip",
                Map.of())
            .json()
            .path("digest")
            .asString();

    String evaluation =
        submit(
            "evaluations",
            "{\"artifact\":%s,\"dataset\":\"%s\",\"target_column\":\"late\"}"
                .formatted(artifact, source));
    String run =
        submit("tests", "{\"artifact\":%s,\"package_digest\":\"%s\"}".formatted(artifact, tests));

    JsonNode measured = ended(evaluation);
    assertThat(measured.path("status").asString()).as(measured.toString()).isEqualTo("succeeded");
    assertThat(measured.path("measured").path("rows").asInt()).isEqualTo(300);
    assertThat(measured.path("measured").path("metrics").path("auc").asDouble())
        .isCloseTo(0.9, within(0.1));
    assertThat(source).endsWith(measured.path("measured").path("data_digest").asString());

    JsonNode tested = ended(run);
    assertThat(tested.path("status").asString()).as(tested.toString()).isEqualTo("succeeded");
    assertThat(tested.path("tested").path("exit_status").asInt()).isEqualTo(1);
    String report = service.get("acme", PATH + "jobs/" + run + "/report").text();
    assertThat(report).contains("errors=\"0\" failures=\"1\" skipped=\"1\" tests=\"4\"");
    assertThat(service.get("acme", PATH + "jobs/" + run + "/logs").text())
        .contains("test_the_carrier_decides_nothing")
        .doesNotContain("X-Amz-Signature");
  }
}
