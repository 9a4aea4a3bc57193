package ai.matih.ml.serving.engine.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.fixture.TestBundles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Local bundles ... */
class LocalBundlesTests {

  private static final int LIMIT = 1 << 20;

  @TempDir private Path folder;

  private final Map<String, byte[]> store = new HashMap<>();
  private final AtomicInteger fetched = new AtomicInteger();
  private boolean storeAway;

  @Test
  void are_fetched_once_and_then_need_no_store() {
    Artifact artifact = stored("numeric-v1");
    LocalBundles bundles = bundles(LIMIT);

    assertThat(bundles.open(artifact).onnx().orElseThrow().content())
        .isEqualTo(store.get("model.onnx"));
    assertThat(fetched).hasValue(3);
    storeAway = true;
    assertThat(bundles.open(artifact).signature().columns()).hasSize(3);
    assertThat(fetched).hasValue(3);
  }

  @Test
  void say_that_the_store_is_away_when_they_need_it() {
    Artifact artifact = stored("numeric-v1");
    storeAway = true;
    assertThatThrownBy(() -> bundles(LIMIT).open(artifact)).isInstanceOf(EngineFailure.class);
  }

  @Test
  void refuse_a_file_that_is_not_the_registrys_and_keep_nothing_of_it() throws IOException {
    Artifact artifact = stored("numeric-v1");
    store.put("model.onnx", "something else".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> bundles(LIMIT).open(artifact))
        .isInstanceOfSatisfying(
            BundleRefused.class, refused -> assertThat(refused.part()).isEqualTo(Part.DIGEST));
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(f -> f.getFileName().toString().contains("model"))).isEmpty();
    }
  }

  @Test
  void heal_a_damaged_file_from_the_store() throws IOException {
    Artifact artifact = stored("numeric-v1");
    LocalBundles bundles = bundles(LIMIT);
    bundles.open(artifact);
    Path model = folder.resolve(artifact.digest().hex()).resolve("model.onnx");
    byte[] damaged = Files.readAllBytes(model);
    damaged[damaged.length / 2] ^= 1;
    Files.write(model, damaged);

    assertThat(bundles.open(artifact).onnx().orElseThrow().content())
        .isEqualTo(store.get("model.onnx"));
    assertThat(fetched).hasValue(4);
  }

  @Test
  void refuse_a_model_over_the_limit_while_it_arrives() {
    Artifact artifact = stored("numeric-v1");
    assertThatThrownBy(() -> bundles(100).open(artifact))
        .isInstanceOfSatisfying(
            BundleRefused.class,
            refused -> assertThat(refused.reason()).contains("larger than 100 bytes"));
  }

  @Test
  void refuse_an_artifact_whose_digest_does_not_follow_from_its_files() {
    Artifact artifact = TestBundles.artifact("acme", "numeric-v1");
    assertThatThrownBy(
            () ->
                new Artifact(
                    artifact.uri(), new Digest("sha256:" + "0".repeat(64)), artifact.files()))
        .isInstanceOfSatisfying(
            BundleRefused.class, refused -> assertThat(refused.part()).isEqualTo(Part.DIGEST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../etc/passwd",
        "/etc/passwd",
        "a/../b",
        "a//b",
        "",
        ".hidden",
        "a\\b",
        "a\u0000b",
        "a/."
      })
  void refuse_paths_that_lead_elsewhere(String path) {
    Map<String, String> files = Map.of(path, "0".repeat(64));
    assertThatThrownBy(() -> new Artifact("s3://models/acme/x/", Digest.ofFiles(files), files))
        .isInstanceOf(BundleRefused.class);
  }

  private Artifact stored(String name) {
    for (String file : TestBundles.files(name)) {
      store.put(file, TestBundles.bytes(TestBundles.folder(name).resolve(file)));
    }
    return TestBundles.artifact("acme", name);
  }

  private LocalBundles bundles(int limit) {
    return new LocalBundles(
        folder,
        (_, path) -> {
          if (storeAway) {
            throw new EngineFailure.Unavailable("s3", "away", Optional.empty());
          }
          fetched.incrementAndGet();
          return new ByteArrayInputStream(store.get(path));
        },
        limit);
  }
}
