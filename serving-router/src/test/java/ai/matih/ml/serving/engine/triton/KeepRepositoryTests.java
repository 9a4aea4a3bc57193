package ai.matih.ml.serving.engine.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.fixture.TestBundles;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class KeepRepositoryTests {

  /** A server that loads at once, unless it is told to fail. */
  private static final class Server implements InferenceServer {
    private final Map<String, Map<String, Object>> models = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private Optional<String> fails = Optional.empty();
    private boolean away;
    private boolean repository = true;

    private void reach() {
      if (away) {
        throw new EngineFailure.Unavailable("triton", "away", Optional.empty());
      }
    }

    @Override
    public boolean isReady(String model) {
      reach();
      return models.containsKey(model);
    }

    @Override
    public boolean hasRepository() {
      reach();
      return repository;
    }

    @Override
    public void load(String model, Map<String, Object> config, Map<String, byte[]> files) {
      reach();
      told.add("load " + model);
      if (fails.isPresent()) {
        throw new LoadingFailed(fails.get());
      }
      models.put(model, config);
    }

    @Override
    public void unload(String model) {
      reach();
      told.add("unload " + model);
      models.remove(model);
    }
  }

  private final Server server = new Server();
  private final KnownModelsInMemory known = new KnownModelsInMemory();
  private final List<Placement> wanted = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final KeepRepository keep = keep(DataSize.ofMegabytes(1));

  private KeepRepository keep(DataSize maxModel) {
    return new KeepRepository(
        server,
        _ -> bundle("mixed"),
        new TritonSettings(
            "",
            "",
            TritonSettings.Backend.ONNXRUNTIME,
            2,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            maxModel),
        () -> List.copyOf(wanted),
        known,
        clock);
  }

  private static Bundle bundle(String name) {
    return LocalBundles.readVerified(
        TestBundles.folder(name), TestBundles.artifact("acme", name).digest());
  }

  private static Placement placement(String name) {
    return new Placement(name, TestBundles.artifact("acme", "mixed"), Hosting.DEFAULT);
  }

  @Test
  void what_is_wanted_is_loaded_once() {
    wanted.add(placement("acme.late.1.a"));
    keep.pass(() -> {});
    keep.pass(() -> {});

    assertThat(server.told).containsExactly("load matih.acme.late.1.a");
    Map<String, Object> config = Objects.requireNonNull(server.models.get("matih.acme.late.1.a"));
    assertThat(config)
        .containsEntry("backend", "onnxruntime")
        .containsEntry("instance_group", List.of(Map.of("count", 2)));
    assertThat(String.valueOf(config.get("input")))
        .contains("carrier", "TYPE_STRING", "hour", "TYPE_FP32");
  }

  @Test
  void where_nobody_wants_anything_the_server_is_not_even_asked() {
    server.away = true;
    keep.pass(() -> {});
    assertThat(server.told).isEmpty();
  }

  @Test
  void what_a_new_server_lacks_is_loaded_again() {
    wanted.add(placement("acme.late.1.a"));
    keep.pass(() -> {});
    server.away = true;
    assertThatThrownBy(() -> keep.pass(() -> {})).isInstanceOf(EngineFailure.Unavailable.class);
    server.away = false;
    server.models.clear();
    keep.pass(() -> {});

    assertThat(server.models).containsOnlyKeys("matih.acme.late.1.a");
  }

  @Test
  void what_nobody_wants_any_more_is_unloaded_by_whichever_router() {
    wanted.add(placement("acme.late.1.a"));
    keep.pass(() -> {});
    server.models.put("others", Map.of());
    wanted.clear();
    keep(DataSize.ofMegabytes(1)).pass(() -> {});

    assertThat(server.models).containsOnlyKeys("others");
    assertThat(known.read()).isEmpty();
  }

  @Test
  void a_model_that_fails_is_tried_again_after_a_while_and_disturbs_no_other() {
    wanted.add(placement("acme.late.1.a"));
    server.fails = Optional.of("out of memory");
    keep.pass(() -> {});
    server.fails = Optional.empty();
    wanted.add(placement("acme.late.2.b"));
    keep.pass(() -> {});
    assertThat(server.models).containsOnlyKeys("matih.acme.late.2.b");
    assertThat(known.read()).containsEntry("matih.acme.late.1.a", "out of memory");

    now = now.plus(Duration.ofSeconds(31));
    keep.pass(() -> {});
    assertThat(server.models).hasSize(2);
    assertThat(known.read()).containsEntry("matih.acme.late.1.a", "");
  }

  @Test
  void a_model_that_is_too_large_says_so() {
    wanted.add(placement("acme.late.1.a"));
    keep(DataSize.ofBytes(10)).pass(() -> {});

    assertThat(server.told).isEmpty();
    assertThat(known.read().get("matih.acme.late.1.a")).contains("larger than 10 bytes");
  }

  @Test
  void whoever_does_not_hold_the_row_changes_nothing() {
    wanted.add(placement("acme.late.1.a"));
    assertThatThrownBy(
            () ->
                keep.pass(
                    () -> {
                      throw new IllegalStateException("held by another router");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(server.told).isEmpty();
  }

  @Test
  void a_server_that_takes_no_models_is_left_alone() {
    server.repository = false;
    wanted.add(placement("acme.late.1.a"));
    keep.pass(() -> {});
    assertThat(server.told).isEmpty();
    TritonEngine engine =
        new TritonEngine(
            server,
            (_, _, _) -> new float[0],
            known,
            new ai.matih.ml.common.http.EngineClients(
                org.springframework.web.client.RestClient.builder(),
                new io.micrometer.core.instrument.simple.SimpleMeterRegistry()));
    assertThatThrownBy(() -> engine.load(bundle("mixed"), placement("acme.late.1.a")))
        .hasMessageContaining("one named matih.acme.late.1.a");
  }
}
