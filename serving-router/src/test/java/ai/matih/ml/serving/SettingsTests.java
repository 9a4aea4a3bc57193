package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.abtest.AbTestSettings;
import ai.matih.ml.serving.bundlecheck.BundleCheckSettings;
import ai.matih.ml.serving.deployment.DeploymentSettings;
import ai.matih.ml.serving.drift.DriftSettings;
import ai.matih.ml.serving.engine.EngineSettings;
import ai.matih.ml.serving.prediction.PredictionSettings;
import ai.matih.ml.serving.rollout.RolloutSettings;
import ai.matih.ml.serving.routing.RoutingSettings;
import ai.matih.ml.serving.shadow.ShadowSettings;
import ai.matih.ml.serving.sketch.SketchSettings;
import ai.matih.ml.serving.traffic.TrafficSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** Settings ... */
class SettingsTests {

  @Test
  void have_defaults() {
    assertThat(bind("serving.routing", RoutingSettings.class, Map.of()))
        .isEqualTo(new RoutingSettings(Path.of("data/serving-router"), Duration.ofSeconds(1)));
    assertThat(bind("serving.engine", EngineSettings.class, Map.of()))
        .isEqualTo(
            new EngineSettings(
                Path.of("data/serving-router/bundles"),
                "models",
                0,
                256,
                Duration.ofMillis(250),
                DataSize.ofMegabytes(512)));
    assertThat(bind("serving.deployment", DeploymentSettings.class, Map.of()))
        .isEqualTo(new DeploymentSettings(Duration.ofMinutes(5), Duration.ofSeconds(30)));
    assertThat(bind("serving.traffic", TrafficSettings.class, Map.of()))
        .isEqualTo(new TrafficSettings(5000));
    assertThat(bind("serving.rollout", RolloutSettings.class, Map.of()))
        .isEqualTo(new RolloutSettings(Duration.ofSeconds(2)));
    assertThat(
            bind(
                "serving.rollout",
                RolloutSettings.class,
                Map.of("serving.rollout.look-interval", "PT1S")))
        .isEqualTo(new RolloutSettings(Duration.ofSeconds(1)));
    assertThat(bind("serving.ab-test", AbTestSettings.class, Map.of()))
        .isEqualTo(
            new AbTestSettings(
                Duration.ofSeconds(2),
                Duration.ofMillis(500),
                100_000,
                100_000,
                Duration.ofDays(30)));
    assertThat(bind("serving.shadow", ShadowSettings.class, Map.of()))
        .isEqualTo(
            new ShadowSettings(
                1_000, 1_000_000, 4_000_000, 1, Duration.ofSeconds(2), Duration.ofSeconds(2)));
    assertThat(
            bind(
                "serving.shadow",
                ShadowSettings.class,
                Map.of(
                    "serving.shadow.buffer", "5",
                    "serving.shadow.buffer-values", "6",
                    "serving.shadow.total-values", "66",
                    "serving.shadow.computing", "7",
                    "serving.shadow.refresh", "PT8S",
                    "serving.shadow.flush", "PT9S")))
        .isEqualTo(new ShadowSettings(5, 6, 66, 7, Duration.ofSeconds(8), Duration.ofSeconds(9)));
    assertThat(bind("serving.prediction", PredictionSettings.class, Map.of()))
        .isEqualTo(new PredictionSettings(1000, 10_000, Duration.ofSeconds(2), 128));
    assertThat(bind("serving.sketch", SketchSettings.class, Map.of()))
        .isEqualTo(
            new SketchSettings(
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofHours(3),
                Duration.ofDays(31)));
    assertThat(bind("serving.drift", DriftSettings.class, Map.of()))
        .isEqualTo(new DriftSettings(0.0001, 100, Duration.ofMinutes(1)));
    assertThat(bind("serving.bundle-check", BundleCheckSettings.class, Map.of()))
        .isEqualTo(
            new BundleCheckSettings(
                Duration.ofMillis(50), Duration.ofMillis(500), 50, Duration.ofSeconds(60), 2));
  }

  @Test
  void can_all_be_set() {
    assertThat(
            bind(
                "serving.routing",
                RoutingSettings.class,
                Map.of(
                    "serving.routing.data-dir", "/x",
                    "serving.routing.beat", "PT2S")))
        .isEqualTo(new RoutingSettings(Path.of("/x"), Duration.ofSeconds(2)));
    assertThat(
            bind(
                "serving.engine",
                EngineSettings.class,
                Map.of(
                    "serving.engine.bundles", "/b",
                    "serving.engine.models-bucket", "other",
                    "serving.engine.concurrency", "3",
                    "serving.engine.max-waiting", "7",
                    "serving.engine.patience", "PT1S",
                    "serving.engine.max-model", "1MB")))
        .isEqualTo(
            new EngineSettings(
                Path.of("/b"), "other", 3, 7, Duration.ofSeconds(1), DataSize.ofMegabytes(1)));
    assertThat(
            bind(
                "serving.deployment",
                DeploymentSettings.class,
                Map.of(
                    "serving.deployment.loading-limit", "PT1M",
                    "serving.deployment.stage-check", "PT3S")))
        .isEqualTo(new DeploymentSettings(Duration.ofMinutes(1), Duration.ofSeconds(3)));
    assertThat(
            bind(
                "serving.traffic",
                TrafficSettings.class,
                Map.of("serving.traffic.staging-cap-bps", "100")))
        .isEqualTo(new TrafficSettings(100));
    assertThat(
            bind(
                "serving.prediction",
                PredictionSettings.class,
                Map.of(
                    "serving.prediction.max-rows", "5",
                    "serving.prediction.remembered", "6",
                    "serving.prediction.feature-timeout", "PT7S",
                    "serving.prediction.feature-concurrency", "8")))
        .isEqualTo(new PredictionSettings(5, 6, Duration.ofSeconds(7), 8));
    assertThat(
            bind(
                "serving.ab-test",
                AbTestSettings.class,
                Map.of(
                    "serving.ab-test.analysis-interval", "PT1S",
                    "serving.ab-test.flush", "PT2S",
                    "serving.ab-test.buffer", "3",
                    "serving.ab-test.waiting", "5",
                    "serving.ab-test.keep", "PT4S")))
        .isEqualTo(
            new AbTestSettings(
                Duration.ofSeconds(1), Duration.ofSeconds(2), 3, 5, Duration.ofSeconds(4)));
    assertThat(
            bind(
                "serving.sketch",
                SketchSettings.class,
                Map.of(
                    "serving.sketch.flush", "PT1S",
                    "serving.sketch.slot", "PT1M",
                    "serving.sketch.settled", "PT2H",
                    "serving.sketch.keep", "P2D")))
        .isEqualTo(
            new SketchSettings(
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                Duration.ofHours(2),
                Duration.ofDays(2)));
    assertThat(
            bind(
                "serving.drift",
                DriftSettings.class,
                Map.of(
                    "serving.drift.false-alarm-rate", "0.01",
                    "serving.drift.min-rows", "7",
                    "serving.drift.every", "PT3S")))
        .isEqualTo(new DriftSettings(0.01, 7, Duration.ofSeconds(3)));
    assertThat(
            bind(
                "serving.bundle-check",
                BundleCheckSettings.class,
                Map.of(
                    "serving.bundle-check.latency-budget", "PT1S",
                    "serving.bundle-check.latency-budget-elsewhere", "PT2S",
                    "serving.bundle-check.min-golden-rows", "2",
                    "serving.bundle-check.limit", "PT3S",
                    "serving.bundle-check.at-once", "4")))
        .isEqualTo(
            new BundleCheckSettings(
                Duration.ofSeconds(1), Duration.ofSeconds(2), 2, Duration.ofSeconds(3), 4));
  }

  private static <T> T bind(String prefix, Class<T> type, Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate(prefix, type);
  }
}
