package ai.matih.ml.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.registry.artifact.ArtifactSettings;
import ai.matih.ml.registry.evidence.EvidenceSettings;
import ai.matih.ml.registry.evidencebundle.BundleSettings;
import ai.matih.ml.registry.promotion.PromotionSettings;
import ai.matih.ml.registry.promotion.mlflow.MirrorSettings;
import ai.matih.ml.registry.retention.RetentionSettings;
import ai.matih.ml.registry.webhook.WebhookSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class SettingsTests {

  private static <T> T bind(String prefix, Class<T> type, Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate(prefix, type);
  }

  @Test
  void the_defaults_are_these() {
    assertThat(bind("registry.artifact", ArtifactSettings.class, Map.of()))
        .isEqualTo(
            new ArtifactSettings("models", 200, DataSize.ofGigabytes(2), DataSize.ofMegabytes(8)));
    assertThat(bind("registry.evidence", EvidenceSettings.class, Map.of()))
        .isEqualTo(
            new EvidenceSettings(
                DataSize.ofMegabytes(512),
                Duration.ofMinutes(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3)));
    assertThat(bind("registry.bundle", BundleSettings.class, Map.of()))
        .isEqualTo(new BundleSettings(20_000, DataSize.ofMegabytes(16)));
    assertThat(bind("registry.webhook", WebhookSettings.class, Map.of()))
        .isEqualTo(
            new WebhookSettings(
                false,
                List.of(),
                List.of(443, 8443),
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                50,
                16,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofDays(3),
                Duration.ofDays(5),
                Duration.ofDays(30),
                Duration.ofDays(1)));
    assertThat(bind("registry.mirror", MirrorSettings.class, Map.of()))
        .isEqualTo(new MirrorSettings(Duration.ofMinutes(5), Duration.ofSeconds(1)));
    assertThat(bind("registry.retention", RetentionSettings.class, Map.of()))
        .isEqualTo(
            new RetentionSettings(
                Duration.ofDays(7),
                Duration.ofDays(1),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                Duration.ofSeconds(30)));
    assertThat(bind("registry.promotion", PromotionSettings.class, Map.of()))
        .isEqualTo(
            new PromotionSettings(
                Duration.ofDays(14),
                Duration.ofHours(24),
                Duration.ofHours(1),
                Duration.ofSeconds(3)));
  }

  @Test
  void everything_can_be_set() {
    assertThat(
            bind(
                "registry.mirror",
                MirrorSettings.class,
                Map.of("registry.mirror.every", "PT1H", "registry.mirror.pause", "PT2S")))
        .isEqualTo(new MirrorSettings(Duration.ofHours(1), Duration.ofSeconds(2)));
    assertThat(
            bind(
                "registry.retention",
                RetentionSettings.class,
                Map.of(
                    "registry.retention.grace-period", "P30D",
                    "registry.retention.keep-unused", "PT6H",
                    "registry.retention.retry-after", "PT1S",
                    "registry.retention.apply-every", "P1D",
                    "registry.retention.check-every", "PT2S")))
        .isEqualTo(
            new RetentionSettings(
                Duration.ofDays(30),
                Duration.ofHours(6),
                Duration.ofSeconds(1),
                Duration.ofDays(1),
                Duration.ofSeconds(2)));
    assertThat(
            bind(
                "registry.artifact",
                ArtifactSettings.class,
                Map.of(
                    "registry.artifact.bucket", "b",
                    "registry.artifact.max-files", "3",
                    "registry.artifact.max-bundle", "4MB",
                    "registry.artifact.max-document", "5KB")))
        .isEqualTo(new ArtifactSettings("b", 3, DataSize.ofMegabytes(4), DataSize.ofKilobytes(5)));
    assertThat(
            bind(
                "registry.evidence",
                EvidenceSettings.class,
                Map.of(
                    "registry.evidence.max-onnx", "1MB",
                    "registry.evidence.trial-timeout", "PT5S",
                    "registry.evidence.poll-jobs", "PT6S",
                    "registry.evidence.retry-after", "PT7S")))
        .isEqualTo(
            new EvidenceSettings(
                DataSize.ofMegabytes(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                Duration.ofSeconds(7)));
    assertThat(
            bind(
                "registry.bundle",
                BundleSettings.class,
                Map.of(
                    "registry.bundle.max-audit-span", "500", "registry.bundle.max-reports", "1MB")))
        .isEqualTo(new BundleSettings(500, DataSize.ofMegabytes(1)));
    assertThat(
            bind(
                "registry.webhook",
                WebhookSettings.class,
                Map.ofEntries(
                    Map.entry("registry.webhook.allow-http", "true"),
                    Map.entry("registry.webhook.allowed-networks", "10.0.0.0/8,127.0.0.0/8"),
                    Map.entry("registry.webhook.ports", "80"),
                    Map.entry("registry.webhook.connect-timeout", "PT1S"),
                    Map.entry("registry.webhook.timeout", "PT2S"),
                    Map.entry("registry.webhook.max-per-tenant", "3"),
                    Map.entry("registry.webhook.at-once", "4"),
                    Map.entry("registry.webhook.check-every", "PT5S"),
                    Map.entry("registry.webhook.first-pause", "PT6S"),
                    Map.entry("registry.webhook.max-pause", "PT7S"),
                    Map.entry("registry.webhook.give-up-after", "PT8S"),
                    Map.entry("registry.webhook.disable-after", "PT9S"),
                    Map.entry("registry.webhook.retention", "PT10S"),
                    Map.entry("registry.webhook.old-secret-for", "PT11S"))))
        .isEqualTo(
            new WebhookSettings(
                true,
                List.of("10.0.0.0/8", "127.0.0.0/8"),
                List.of(80),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                3,
                4,
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                Duration.ofSeconds(9),
                Duration.ofSeconds(10),
                Duration.ofSeconds(11)));
    assertThat(
            bind(
                "registry.promotion",
                PromotionSettings.class,
                Map.of(
                    "registry.promotion.expires-after", "P1D",
                    "registry.promotion.confirm-within", "PT2H",
                    "registry.promotion.rollback-gives-up-after", "PT3M",
                    "registry.promotion.check-every", "PT9S")))
        .isEqualTo(
            new PromotionSettings(
                Duration.ofDays(1),
                Duration.ofHours(2),
                Duration.ofMinutes(3),
                Duration.ofSeconds(9)));
  }
}
