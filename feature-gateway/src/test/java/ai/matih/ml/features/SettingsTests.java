package ai.matih.ml.features;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.features.online.OnlineSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SettingsTests {

  @Test
  void online_settings_have_safe_defaults_and_every_one_can_be_changed() {
    assertThat(bind(Map.of())).isEqualTo(new OnlineSettings(true, 5000, 1000));
    assertThat(
            bind(
                Map.of(
                    "features.online.enforce-ttl", "false",
                    "features.online.max-rows", "7",
                    "features.online.max-features", "3")))
        .isEqualTo(new OnlineSettings(false, 7, 3));
  }

  private static OnlineSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("features.online", OnlineSettings.class);
  }
}
