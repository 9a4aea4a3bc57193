package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.OnnxForm;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import java.time.Duration;

/** Has Triton answer, by the ONNX form of a version. */
final class TritonEngine implements ScoringEngine {

  static final EngineName NAME = new EngineName("triton");

  /** Calls of all models that may wait for Triton at once, per router. */
  private static final int PLACES = 256;

  private final InferenceServer server;
  private final Inference inference;
  private final KnownModels known;
  private final EngineClients clients;
  private final ScoringLimit limit = new ScoringLimit(PLACES, PLACES, Duration.ofMillis(250));

  TritonEngine(
      InferenceServer server, Inference inference, KnownModels known, EngineClients clients) {
    this.server = server;
    this.inference = inference;
    this.known = known;
    this.clients = clients;
  }

  @Override
  public EngineName name() {
    return NAME;
  }

  @Override
  public EngineSupport support(VersionForms forms) {
    return EngineSupport.ofOnnx(NAME, forms);
  }

  @Override
  public ScoringModel load(Bundle bundle, Placement placement) {
    OnnxForm onnx = RepositoryModel.onnx(bundle);
    String name = RepositoryModel.nameOf(placement);
    if (!server.isReady(name)) {
      String failure = known.read().getOrDefault(name, "");
      if (!failure.isEmpty()) {
        throw new BundleRefused(Part.MODEL, "Triton could not load it: " + failure);
      }
      throw new EngineNotReady(
          server.hasRepository()
              ? "Triton is told to load it."
              : "The server takes no models from others; it is waited for one named " + name + ".");
    }
    return new TritonModel(
        name,
        inference,
        clients.guard(NAME + ":" + placement.name(), PLACES),
        onnx.layout(),
        bundle.signature());
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
