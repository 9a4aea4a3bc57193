package ai.matih.ml.registry.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.fixture.FakeRunArtifacts;
import ai.matih.ml.registry.fixture.MemoryBundles;
import ai.matih.ml.registry.fixture.MemoryStoredFiles;
import ai.matih.ml.registry.fixture.TestBundles;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class FetchBundleTests {

  private final FakeRunArtifacts runs = new FakeRunArtifacts();
  private final MemoryBundles stored = new MemoryBundles();
  private final MemoryStoredFiles notes =
      new MemoryStoredFiles(Clock.systemUTC(), Duration.ofDays(1));
  private final FetchBundle fetch =
      new FetchBundle(
          runs,
          stored,
          notes,
          new ArtifactSettings("models", 20, DataSize.ofKilobytes(64), DataSize.ofKilobytes(16)));

  private Optional<FetchedBundle> fetch(Map<String, byte[]> files) {
    runs.put("acme", "run", "FINISHED", Map.of(), files);
    return TenantScope.call(new Tenant("acme"), () -> fetch.fetch(new RunId("run")));
  }

  @Test
  void a_fetched_bundle_is_stored_file_by_file_under_its_digest() {
    Map<String, byte[]> files = TestBundles.good("x");
    FetchedBundle fetched = fetch(files).orElseThrow();

    assertThat(fetched.bundle().digest()).isEqualTo(FakeRunArtifacts.digest(files));
    assertThat(stored.files(fetched.bundle().digest())).containsExactlyInAnyOrderEntriesOf(files);
    assertThat(notes.of(fetched.bundle().digest())).as("found again, whatever comes").isPresent();
    assertThat(fetched.document(BundleReader.SIGNATURE)).hasValue(files.get("signature.json"));
  }

  @Test
  void nothing_is_stored_of_a_run_without_a_model() {
    assertThat(fetch(Map.of())).isEmpty();
    assertThat(stored.isEmpty()).isTrue();
  }

  @Test
  void nothing_is_stored_of_a_bundle_over_the_limit() {
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.put("big.bin", new byte[65 * 1024]);
    assertThatThrownBy(() -> fetch(files))
        .isInstanceOf(BundleRefused.class)
        .hasMessageContaining("larger");
    assertThat(stored.isEmpty()).isTrue();
  }

  @Test
  void many_small_files_count_together() {
    Map<String, byte[]> files = new HashMap<>();
    for (int i = 0; i < 9; i++) {
      files.put("part" + i, new byte[8 * 1024]);
    }
    assertThatThrownBy(() -> fetch(files)).isInstanceOf(BundleRefused.class);
  }

  @Test
  void a_document_has_a_limit_of_its_own() {
    assertThatThrownBy(() -> fetch(Map.of("lineage.json", new byte[17 * 1024])))
        .isInstanceOf(BundleRefused.class)
        .hasMessageContaining("lineage.json");
  }
}
