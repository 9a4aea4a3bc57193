package ai.matih.ml.features.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class OnlineStoreSettingsTests {

  @Test
  void values_are_in_postgresql_by_default() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new OnlineStoreSettings(
                OnlineStoreSettings.Type.POSTGRESQL,
                new OnlineStoreSettings.Redis(
                    URI.create("redis://localhost:6379"),
                    "",
                    "",
                    "",
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    4,
                    256)));
  }

  @Test
  void every_setting_can_be_changed_and_the_password_is_not_printed() {
    OnlineStoreSettings settings =
        bind(
            Map.of(
                "features.online-store.type", "redis",
                "features.online-store.redis.url", "rediss://redis.example:6380/3",
                "features.online-store.redis.user", "reader",
                "features.online-store.redis.password", "s3cret",
                "features.online-store.redis.ca-file", "/ca.pem",
                "features.online-store.redis.connect-timeout", "PT3S",
                "features.online-store.redis.timeout", "PT4S",
                "features.online-store.redis.connections", "1",
                "features.online-store.redis.max-concurrent-reads", "8"));

    assertThat(settings)
        .isEqualTo(
            new OnlineStoreSettings(
                OnlineStoreSettings.Type.REDIS,
                new OnlineStoreSettings.Redis(
                    URI.create("rediss://redis.example:6380/3"),
                    "reader",
                    "s3cret",
                    "/ca.pem",
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(4),
                    1,
                    8)));
    assertThat(settings.redis().tls()).isTrue();
    assertThat(settings.redis().port()).isEqualTo(6380);
    assertThat(settings.redis().database()).isEqualTo(3);
    assertThat(settings.toString()).contains("redis.example").doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://redis:6379",
        "redis.example:6379",
        "redis:///0",
        "redis://redis:6379/zero",
        "redis://redis:6379?timeout=1s",
        "redis://user:secret@redis:6379"
      })
  void a_wrong_address_is_refused_by_the_settings_name_and_without_its_credentials(String url) {
    assertThatThrownBy(() -> bind(Map.of("features.online-store.redis.url", url)))
        .rootCause()
        .hasMessageContaining("features.online-store.redis.url")
        .hasMessageNotContaining("secret");
  }

  private static OnlineStoreSettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("features.online-store", OnlineStoreSettings.class);
  }
}
