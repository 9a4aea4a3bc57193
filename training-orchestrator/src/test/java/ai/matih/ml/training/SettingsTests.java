package ai.matih.ml.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.training.cluster.ClusterSettings;
import ai.matih.ml.training.cluster.KubeRaySettings;
import ai.matih.ml.training.dataset.DatasetSettings;
import ai.matih.ml.training.job.JobSettings;
import ai.matih.ml.training.packages.PackageSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** The settings of this service. */
class SettingsTests {

  private static final Map<String, String> URLS = Map.of("public-url", "http://door");

  private static <T> T bind(Class<T> type, String prefix, Map<String, String> values) {
    Map<String, String> properties = new HashMap<>();
    values.forEach((key, value) -> properties.put(prefix + "." + key, value));
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate(
            prefix,
            org.springframework.boot.context.properties.bind.Bindable.of(type),
            new NoUnboundElementsBindHandler(
                org.springframework.boot.context.properties.bind.BindHandler.DEFAULT));
  }

  @Test
  void of_data_sets_have_defaults_and_can_all_be_set() {
    assertThat(bind(DatasetSettings.class, "training.dataset", Map.of()))
        .isEqualTo(
            new DatasetSettings(
                "datasets",
                DataSize.ofGigabytes(2),
                100_000_000,
                2000,
                Duration.ofMinutes(5),
                2,
                DataSize.ofMegabytes(192),
                null));
    assertThat(
            bind(
                DatasetSettings.class,
                "training.dataset",
                Map.of(
                    "bucket", "tables",
                    "max-size", "1MB",
                    "max-rows", "10",
                    "max-columns", "3",
                    "read-timeout", "1s",
                    "concurrent-reads", "1",
                    "reader-memory", "64MB",
                    "folder", "/spool")))
        .isEqualTo(
            new DatasetSettings(
                "tables",
                DataSize.ofMegabytes(1),
                10,
                3,
                Duration.ofSeconds(1),
                1,
                DataSize.ofMegabytes(64),
                Path.of("/spool")));
  }

  @Test
  void of_packages_have_defaults_and_can_all_be_set() {
    assertThat(bind(PackageSettings.class, "training.packages", Map.of()))
        .isEqualTo(
            new PackageSettings(
                "checkpoints", DataSize.ofMegabytes(32), 2000, DataSize.ofMegabytes(256)));
    assertThat(
            bind(
                PackageSettings.class,
                "training.packages",
                Map.of(
                    "bucket", "code",
                    "max-size", "1MB",
                    "max-entries", "3",
                    "max-unpacked", "2MB")))
        .isEqualTo(
            new PackageSettings("code", DataSize.ofMegabytes(1), 3, DataSize.ofMegabytes(2)));
  }

  @Test
  void of_the_cluster_have_defaults_and_hide_the_token() {
    ClusterSettings settings =
        bind(ClusterSettings.class, "training.cluster", Map.of("token", "secret"));

    assertThat(settings)
        .isEqualTo(
            new ClusterSettings(
                ClusterSettings.Backend.RAY,
                "secret",
                Duration.ofSeconds(20),
                DataSize.ofMegabytes(1),
                16,
                bind(KubeRaySettings.class, "none", Map.of())));
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @Test
  void of_jobs_have_defaults_and_refuse_what_is_not_known() {
    assertThat(bind(JobSettings.class, "training.job", URLS))
        .isEqualTo(
            new JobSettings(
                "http://door",
                "python -m matih_training",
                "checkpoints",
                "models",
                Set.of("datasets"),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                3,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofDays(7),
                Duration.ofMinutes(30),
                200));
    Map<String, String> wrong = new HashMap<>(URLS);
    wrong.put("pol", "1s");
    assertThatThrownBy(() -> bind(JobSettings.class, "training.job", wrong))
        .isInstanceOf(BindException.class);
  }
}
