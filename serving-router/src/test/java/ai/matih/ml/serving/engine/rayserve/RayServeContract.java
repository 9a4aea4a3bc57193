package ai.matih.ml.serving.engine.rayserve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.fixture.TestBundles;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Every Ray Serve ... */
abstract class RayServeContract {

  protected abstract RayServe ray();

  protected abstract RayServeSettings settings();

  /** Packages of the test bundles. */
  protected abstract ServePackage packages();

  @Test
  void runs_what_it_is_told_and_forgets_what_it_is_not_told_any_more() {
    ServeApplication one = application("acme.one", Hosting.DEFAULT);
    ServeApplication two =
        application(
            "acme.two",
            new Hosting(1, 3, Optional.of(7), Optional.of(0.1), 0, Optional.of(1L << 20)));
    AtomicInteger written = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      ray()
          .ensurePackage(
              one.codePackage(),
              () -> {
                written.incrementAndGet();
                return packages().of(TestBundles.artifact("acme", "numeric-v1"));
              });
    }
    assertThat(written.get()).isLessThanOrEqualTo(1);

    ray().apply(List.of(one.configuration(), two.configuration()));
    awaitConfigured(Map.of(one.name(), one.configuration(), two.name(), two.configuration()));
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> ray().status().find(two.name()).orElseThrow().status().equals("RUNNING"));
    assertThat(ray().status().find(two.name()).orElseThrow().running()).isEqualTo(1);

    ray().apply(List.of(one.configuration()));
    awaitConfigured(Map.of(one.name(), one.configuration()));
    assertThat(
            ray()
                .status()
                .has(Map.of(one.name(), one.configuration(), two.name(), two.configuration())))
        .isFalse();

    ray().shutDown();
    await().atMost(Duration.ofMinutes(1)).until(() -> ray().status().applications().isEmpty());
  }

  private void awaitConfigured(Map<String, Map<String, Object>> wanted) {
    await().atMost(Duration.ofMinutes(1)).until(() -> ray().status().has(wanted));
  }

  private ServeApplication application(String name, Hosting hosting) {
    return ServeApplication.of(
        new Placement(name, TestBundles.artifact("acme", "numeric-v1"), hosting),
        packages().codeDigest(),
        settings());
  }
}
