package ai.matih.ml.common.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class DataPlaneSettingsTests {

  @Test
  void have_defaults() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new DataPlaneSettings(
                0,
                0,
                DataSize.ofKilobytes(4),
                DataSize.ofMegabytes(64),
                DataSize.ofKilobytes(16),
                8192,
                1000,
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                20));
  }

  @Test
  void can_all_be_set() {
    assertThat(
            bind(
                Map.of(
                    "matih.data-plane.port", "1",
                    "matih.data-plane.threads", "2",
                    "matih.data-plane.small-body", "3KB",
                    "matih.data-plane.body-memory", "4MB",
                    "matih.data-plane.max-header", "5KB",
                    "matih.data-plane.max-connections", "6",
                    "matih.data-plane.max-waiting", "7",
                    "matih.data-plane.request-timeout", "PT8S",
                    "matih.data-plane.idle-timeout", "PT9S",
                    "matih.data-plane.failed-logins", "10")))
        .isEqualTo(
            new DataPlaneSettings(
                1,
                2,
                DataSize.ofKilobytes(3),
                DataSize.ofMegabytes(4),
                DataSize.ofKilobytes(5),
                6,
                7,
                Duration.ofSeconds(8),
                Duration.ofSeconds(9),
                10));
  }

  private static DataPlaneSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("matih.data-plane", DataPlaneSettings.class);
  }
}
