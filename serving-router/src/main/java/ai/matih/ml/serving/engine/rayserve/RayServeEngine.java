package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import java.net.http.HttpClient;
import java.time.Duration;

/** Has replicas of Ray Serve answer, by the native form of a version. */
final class RayServeEngine implements ScoringEngine {

  static final EngineName NAME = new EngineName("ray_serve");

  /** Calls of all routers' models that may wait for Ray at once, per router. */
  private static final int PLACES = 256;

  private final RayServe ray;
  private final ServePackage packages;
  private final RayServeSettings settings;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(2))
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final ScoringLimit limit = new ScoringLimit(PLACES, PLACES, Duration.ofMillis(250));

  RayServeEngine(RayServe ray, ServePackage packages, RayServeSettings settings) {
    this.ray = ray;
    this.packages = packages;
    this.settings = settings;
  }

  @Override
  public EngineName name() {
    return NAME;
  }

  /** The native form is the model itself; nothing of it runs in this process. */
  @Override
  public EngineSupport support(VersionForms forms) {
    return EngineSupport.PROVEN;
  }

  @Override
  public boolean startsReplicas() {
    return true;
  }

  @Override
  public ScoringModel load(Bundle bundle, Placement placement) {
    ServeApplication application = ServeApplication.of(placement, packages.codeDigest(), settings);
    ServeStatus.Application now = ray.status().applications().get(application.name());
    if (now == null) {
      packages.requirePackable(placement.artifact());
      throw new EngineNotReady("Ray Serve is told to start it.");
    }
    return switch (now.status()) {
      case "RUNNING" ->
          new RayServeModel(
              http,
              settings.predictions().resolve("/" + application.name()),
              application.key(),
              settings.patience(),
              EngineClients.guardOfPart(NAME + ":" + placement.name(), PLACES),
              bundle.signature());
      case "DEPLOY_FAILED" ->
          throw new BundleRefused(
              Part.MODEL, "Ray Serve could not start it: %s".formatted(lastLine(now.message())));
      default ->
          throw new EngineNotReady(
              "Ray Serve starts it: %d of %d replicas run (%s).%s"
                  .formatted(now.running(), now.target(), now.status(), sentence(now.message())));
    };
  }

  private static String sentence(String message) {
    return message.isBlank() ? "" : " " + lastLine(message);
  }

  /** Of a Python traceback the line that says what happened. */
  private static String lastLine(String message) {
    String last =
        message.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (_, b) -> b);
    return last.length() > 300 ? last.substring(0, 300) + "…" : last;
  }

  @Override
  public int warmUpCalls() {
    return 3;
  }

  @Override
  public ScoringLimit limit() {
    return limit;
  }
}
