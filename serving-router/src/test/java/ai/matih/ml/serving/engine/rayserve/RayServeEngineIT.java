package ai.matih.ml.serving.engine.rayserve;

import static org.awaitility.Awaitility.await;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.local.engine.Ray;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.BundleContents;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringEngineContract;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.fixture.TestBundles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** Ray Serve, a real one, as an engine ... */
class RayServeEngineIT extends ScoringEngineContract {

  private static final List<String> BUNDLES =
      List.of("numeric-v1", "features", "mixed", "regression");

  /** Each file is asked for by the digest of its bundle. */
  private static final BundleContents FILES =
      (artifact, path, _) ->
          BUNDLES.stream()
              .filter(name -> TestBundles.artifact("acme", name).digest().equals(artifact.digest()))
              .map(name -> TestBundles.bytes(TestBundles.folder(name).resolve(path)))
              .findFirst()
              .orElseThrow();

  private static RayServeSettings settings;
  private static ServePackage packages;
  private static RayServe ray;
  private static RayServeEngine engine;

  @BeforeAll
  static void start() {
    Ray cluster = TestEngines.ray();
    settings =
        WriteConfigurationTests.settings(cluster.url().toString(), cluster.token(), freePort());
    packages = new ServePackage(FILES, 10 << 20);
    EngineClients clients =
        new EngineClients(
            RestClient.builder().configureMessageConverters(c -> c.registerDefaults()),
            new SimpleMeterRegistry());
    ray = new RayServeOverRest(clients, settings);
    engine = new RayServeEngine(ray, packages, settings);
    WriteConfiguration write =
        new WriteConfiguration(
            ray,
            packages,
            settings,
            () -> BUNDLES.stream().map(name -> placement(bundle(name))).toList(),
            new ServeMemory() {
              @Override
              public boolean started() {
                return true;
              }

              @Override
              public void started(boolean now) {}
            });
    write.pass(() -> {});
  }

  @AfterAll
  static void stop() {
    ray.shutDown();
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected ScoringEngine engine() {
    return engine;
  }

  @Override
  protected ScoringModel load(Bundle bundle) {
    Placement placement = placement(bundle);
    return await()
        .atMost(Duration.ofMinutes(2))
        .ignoreException(EngineNotReady.class)
        .until(() -> engine.load(bundle, placement), model -> true);
  }

  @Test
  void says_how_far_it_is_until_it_answers() {
    Bundle bundle = bundle("numeric-v1");
    Placement unknown =
        new Placement("acme.unknown", placement(bundle).artifact(), placement(bundle).hosting());
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> engine.load(bundle, unknown))
        .isInstanceOf(EngineNotReady.class)
        .hasMessage("Ray Serve is told to start it.");
  }
}
