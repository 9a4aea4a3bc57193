package ai.matih.ml.serving.engine.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.engine.GoldenBatch;
import ai.matih.ml.serving.engine.OnnxForm;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringEngineContract;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.fixture.TestBundles;
import ai.matih.ml.serving.fixture.TritonServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import org.springframework.web.client.RestClient;

/** Triton, a real one, as an engine ... */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TritonEngineContract extends ScoringEngineContract {

  private static final List<String> BUNDLES =
      List.of("numeric-v1", "features", "mixed", "regression");

  private final EngineClients clients =
      new EngineClients(
          RestClient.builder().configureMessageConverters(c -> c.registerDefaults()),
          new SimpleMeterRegistry());
  private final KnownModelsInMemory known = new KnownModelsInMemory();
  private final List<Placement> wanted = new ArrayList<>();
  private TritonServer triton;
  private ServerOverRest server;
  private TritonEngine engine;
  private KeepRepository keep;

  abstract Inference inference(TritonSettings settings);

  static TritonSettings settings(String url, String grpc) {
    return new TritonSettings(
        url,
        grpc,
        TritonSettings.Backend.PYTHON,
        1,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(1),
        DataSize.ofMegabytes(10));
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    triton = TritonServer.start(folder);
    TritonSettings settings = settings(triton.url(), triton.grpc());
    server = new ServerOverRest(clients, settings);
    engine = new TritonEngine(server, inference(settings), known, clients);
    keep =
        new KeepRepository(
            server,
            artifact ->
                BUNDLES.stream()
                    .filter(
                        name ->
                            TestBundles.artifact("acme", name).digest().equals(artifact.digest()))
                    .map(ScoringEngineContract::bundle)
                    .findFirst()
                    .orElseThrow(),
            settings,
            () -> wanted,
            known,
            Clock.systemUTC());
    BUNDLES.forEach(name -> wanted.add(placement(bundle(name))));
    keep.pass(() -> {});
  }

  @AfterAll
  void stop() {
    triton.close();
  }

  @Override
  protected ScoringEngine engine() {
    return engine;
  }

  @Test
  void unloads_what_nobody_wants_and_answers_that_it_is_not_there() {
    Bundle bundle = bundle("numeric-v1");
    Placement more =
        new Placement("acme.more", placement(bundle).artifact(), placement(bundle).hosting());
    assertThatThrownBy(() -> engine.load(bundle, more))
        .isInstanceOf(EngineNotReady.class)
        .hasMessage("Triton is told to load it.");
    wanted.add(more);
    keep.pass(() -> {});
    try (ScoringModel model = engine.load(bundle, more)) {
      Batch batch = GoldenBatch.of(bundle.golden(), model.signature());
      assertThat(model.score(batch).rows()).isEqualTo(batch.rows());

      wanted.remove(more);
      keep.pass(() -> {});
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> model.score(batch))
                      .isInstanceOf(EngineFailure.Unavailable.class));
    }
    assertThat(known.read()).doesNotContainKey("matih.acme.more");
  }

  @Test
  void says_why_a_model_cannot_be_loaded() {
    Bundle bundle = bundle("numeric-v1");
    Placement broken =
        new Placement("acme.broken", placement(bundle).artifact(), placement(bundle).hosting());
    OnnxForm onnx = bundle.onnx().orElseThrow();
    Bundle wrong =
        new Bundle(
            bundle.digest(),
            bundle.signature(),
            bundle.golden(),
            Optional.empty(),
            Optional.of(new OnnxForm(onnx.layout(), new byte[] {1, 2, 3})));
    KeepRepository once =
        new KeepRepository(
            server,
            _ -> wrong,
            settings(triton.url(), ""),
            () -> List.of(broken),
            known,
            Clock.systemUTC());
    Map<String, String> before = known.read();
    known.write(Map.of());
    once.pass(() -> {});

    assertThatThrownBy(() -> engine.load(bundle, broken))
        .isInstanceOf(BundleRefused.class)
        .hasMessageContaining("Triton could not load it")
        .hasMessageContaining("Protobuf");
    known.write(before);
  }

  @Test
  void gives_no_answer_while_it_is_away_and_all_of_them_again_afterwards() throws Exception {
    Bundle bundle = bundle("mixed");
    try (ScoringModel model = load(bundle)) {
      Batch batch = GoldenBatch.of(bundle.golden(), model.signature());
      triton.kill();
      assertThatThrownBy(() -> model.score(batch)).isInstanceOf(EngineFailure.Unavailable.class);

      triton.start();
      assertThatThrownBy(() -> model.score(batch)).isInstanceOf(EngineFailure.Unavailable.class);
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptionsInstanceOf(EngineFailure.class)
          .untilAsserted(
              () -> {
                keep.pass(() -> {});
                assertThat(bundle.golden().compare(GoldenBatch.answers(model.score(batch))).equal())
                    .isTrue();
              });
    }
  }
}
