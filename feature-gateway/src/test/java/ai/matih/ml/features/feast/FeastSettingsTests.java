package ai.matih.ml.features.feast;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class FeastSettingsTests {

  private static final Map<String, String> NEEDED =
      Map.of(
          "features.feast.token", "0123456789abcdef",
          "features.feast.database-url", "jdbc:postgresql://db/feast",
          "features.feast.database-user", "feast");

  @Test
  void defaults_fit_one_machine() {
    assertThat(bind(NEEDED))
        .isEqualTo(
            new FeastSettings(
                "0123456789abcdef",
                "jdbc:postgresql://db/feast",
                "feast",
                "",
                8,
                Duration.ofSeconds(1)));
  }

  @Test
  void every_setting_can_be_changed_and_secrets_are_not_printed() {
    FeastSettings settings =
        bind(
            Map.of(
                "features.feast.token", "fedcba9876543210",
                "features.feast.database-url", "jdbc:postgresql://other/feast",
                "features.feast.database-user", "reader",
                "features.feast.database-password", "s3cret",
                "features.feast.pool-size", "2",
                "features.feast.registry-check-interval", "PT5S"));

    assertThat(settings)
        .isEqualTo(
            new FeastSettings(
                "fedcba9876543210",
                "jdbc:postgresql://other/feast",
                "reader",
                "s3cret",
                2,
                Duration.ofSeconds(5)));
    assertThat(settings.toString()).doesNotContain("fedcba9876543210", "s3cret");
  }

  private static FeastSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("features.feast", FeastSettings.class);
  }
}
