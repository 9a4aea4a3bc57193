package ai.matih.ml.serving.engine.rayserve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.BundleContents;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.fixture.TestBundles;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** The writer of Ray Serve's configuration ... */
class WriteConfigurationTests {

  static final RayServeSettings SETTINGS = settings("http://127.0.0.1:8265", "token", 8100);

  static final BundleContents FILES =
      (artifact, path, _) -> {
        if (path.equals("broken")) {
          throw new BundleRefused(Part.DIGEST, "broken is not the file that the registry knows.");
        }
        return TestBundles.bytes(TestBundles.folder("numeric-v1").resolve(path));
      };

  static RayServeSettings settings(String url, String token, int port) {
    return new RayServeSettings(
        url,
        token,
        URI.create("http://127.0.0.1:" + port),
        "127.0.0.1",
        "HeadOnly",
        0.1,
        4,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        DataSize.ofMegabytes(10));
  }

  private final RayServeInMemory ray = new RayServeInMemory();
  private final List<Placement> wanted = new ArrayList<>();
  private boolean started;
  private boolean overtaken;
  private boolean unreadable;

  private final WriteConfiguration write =
      new WriteConfiguration(
          ray,
          new ServePackage(
              (artifact, path, limit) -> {
                if (unreadable) {
                  throw new BundleRefused(Part.FILES, path + " cannot be read.");
                }
                return FILES.file(artifact, path, limit);
              },
              1 << 20),
          SETTINGS,
          () -> List.copyOf(wanted),
          new ServeMemory() {
            @Override
            public boolean started() {
              return started;
            }

            @Override
            public void started(boolean now) {
              started = now;
            }
          });

  private void pass() {
    write.pass(
        () -> {
          if (overtaken) {
            throw new IllegalStateException("another router writes");
          }
        });
  }

  private static Placement placement(String name) {
    return new Placement(name, TestBundles.artifact("acme", "numeric-v1"), Hosting.DEFAULT);
  }

  @Test
  void neither_starts_nor_asks_serve_while_nobody_wants_it() {
    pass();
    assertThat(ray.calls).isEmpty();
  }

  @Test
  void sends_the_whole_configuration_when_something_is_wanted_and_nothing_when_it_is_there() {
    wanted.add(placement("acme.churn.1.a"));
    pass();
    wanted.add(placement("acme.churn.2.b"));
    pass();
    assertThat(ray.applications).containsOnlyKeys("matih.acme.churn.1.a", "matih.acme.churn.2.b");
    assertThat(started).isTrue();
    ray.calls.clear();

    pass();

    assertThat(ray.calls).doesNotContain("apply");
  }

  @Test
  void sends_it_again_after_the_cluster_began_anew_or_somebody_else_wrote() {
    wanted.add(placement("acme.churn.1.a"));
    pass();
    ray.applications.clear();
    ray.packages.clear();

    pass();

    assertThat(ray.applications).containsOnlyKeys("matih.acme.churn.1.a");
    assertThat(ray.packages).hasSize(1);
  }

  @Test
  void sends_what_others_have_configured_with_its_own() {
    Map<String, Object> theirs =
        Map.of("name", "theirs", "import_path", "their:app", "route_prefix", "/theirs");
    ray.apply(List.of(theirs));
    wanted.add(placement("acme.churn.1.a"));

    pass();
    assertThat(ray.applications).containsOnlyKeys("theirs", "matih.acme.churn.1.a");
    assertThat(ray.status().find("theirs").orElseThrow().configuration()).isEqualTo(theirs);

    wanted.clear();
    pass();
    assertThat(ray.applications).containsOnlyKeys("theirs");
    assertThat(ray.calls).doesNotContain("shutDown");
  }

  @Test
  void changes_the_copies_of_a_model_in_place() {
    wanted.add(placement("acme.churn.1.a"));
    pass();
    wanted.set(
        0,
        new Placement(
            "acme.churn.1.a",
            TestBundles.artifact("acme", "numeric-v1"),
            new Hosting(2, 5, Optional.of(8), Optional.of(0.5), 1, Optional.of(1L << 30))));

    pass();

    assertThat(
            String.valueOf(ray.status().find("matih.acme.churn.1.a").orElseThrow().configuration()))
        .contains("min_replicas=2", "max_replicas=5", "target_ongoing_requests=8")
        .contains("num_cpus=0.5", "num_gpus=1.0", "memory=1073741824");
  }

  @Test
  void ends_serve_when_the_last_application_has_gone() {
    wanted.add(placement("acme.churn.1.a"));
    pass();
    wanted.clear();

    pass();
    assertThat(ray.applications).isEmpty();
    assertThat(started).isTrue();
    pass();

    assertThat(ray.calls).contains("shutDown");
    assertThat(started).isFalse();
  }

  @Test
  void keeps_what_runs_when_its_files_cannot_be_read_any_more() {
    wanted.add(placement("acme.churn.1.a"));
    pass();
    unreadable = true;
    ray.packages.clear();
    wanted.add(
        new Placement(
            "acme.large.1.b", TestBundles.artifact("acme", "regression"), Hosting.DEFAULT));

    pass();

    assertThat(ray.applications).as("the new one waits").containsOnlyKeys("matih.acme.churn.1.a");
  }

  @Test
  void keeps_what_runs_as_it_is_when_its_changed_form_cannot_be_packed() {
    wanted.add(placement("acme.churn.1.a"));
    pass();
    unreadable = true;
    ray.packages.clear();
    wanted.set(
        0,
        new Placement(
            "acme.churn.1.a",
            TestBundles.artifact("acme", "numeric-v1"),
            new Hosting(2, 5, Optional.empty(), Optional.empty(), 0, Optional.empty())));

    pass();

    assertThat(
            String.valueOf(ray.status().find("matih.acme.churn.1.a").orElseThrow().configuration()))
        .contains("min_replicas=1");
  }

  @Test
  void asks_for_no_package_of_what_runs() {
    wanted.add(placement("acme.churn.1.a"));
    pass();
    ray.calls.clear();

    pass();

    assertThat(ray.calls).containsExactly("status");
  }

  @Test
  void writes_nothing_when_another_router_may_be_the_writer_by_now() {
    wanted.add(placement("acme.churn.1.a"));
    overtaken = true;
    assertThatThrownBy(this::pass).hasMessage("another router writes");
    assertThat(ray.applications).isEmpty();
  }

  @Test
  void goes_on_when_the_cluster_is_back() {
    wanted.add(placement("acme.churn.1.a"));
    ray.away = true;
    assertThatThrownBy(this::pass).isInstanceOf(EngineFailure.class);
    ray.away = false;
    pass();
    assertThat(ray.applications).hasSize(1);
  }

  /** The fake ... */
  @Nested
  class FakeTests extends RayServeContract {

    @Override
    protected RayServe ray() {
      return ray;
    }

    @Override
    protected RayServeSettings settings() {
      return SETTINGS;
    }

    @Override
    protected ServePackage packages() {
      return new ServePackage(FILES, 1 << 20);
    }
  }
}
