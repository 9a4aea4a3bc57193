package ai.matih.ml.serving.engine.onnx;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.OnnxInspection;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.OnnxForm;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.engine.VersionForms;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;

/**
 * ONNX Runtime in this process. One thread per call: its own thread pools spin against each other
 * when several models share few cores, and a tabular model is done before a second thread wakes.
 */
public final class OnnxEngine implements ScoringEngine {

  private final OrtEnvironment environment =
      OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "matih");

  private final ScoringLimit limit;

  /**
   * @param limit how many calls may compute at once
   */
  public OnnxEngine(ScoringLimit limit) {
    this.limit = limit;
  }

  @Override
  public EngineName name() {
    return EngineName.ONNX;
  }

  @Override
  public EngineSupport support(VersionForms forms) {
    return EngineSupport.ofOnnx(name(), forms);
  }

  /** So many that the calls to native code are compiled. */
  @Override
  public int warmUpCalls() {
    return 300;
  }

  @Override
  public ScoringLimit limit() {
    return limit;
  }

  @Override
  public ScoringModel load(Bundle bundle, Placement placement) {
    return load(bundle);
  }

  /** Loads a bundle into this process. */
  public ScoringModel load(Bundle bundle) {
    OnnxForm onnx =
        bundle
            .onnx()
            .orElseThrow(
                () -> new BundleRefused(BundleRefused.Part.MODEL, "The bundle has no model.onnx."));
    OnnxInspection.inspect(onnx.content());
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(ExecutionMode.SEQUENTIAL);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OrtSession session = environment.createSession(onnx.content(), options);
      try {
        return new OnnxModel(environment, session, bundle.signature(), onnx.layout());
      } catch (RuntimeException | OrtException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new BundleRefused(
          BundleRefused.Part.MODEL, "ONNX Runtime cannot open the model: " + reason(e) + ".");
    }
  }

  /** ONNX Runtime's reason without its error code, its own source paths and its later lines. */
  private static String reason(OrtException e) {
    String reason =
        String.valueOf(e.getMessage())
            .lines()
            .findFirst()
            .orElse("no reason given")
            .replaceFirst("^Error code - \\w+ - message: ", "")
            .replaceAll("/onnxruntime_src/\\S+", "")
            .replaceAll("\\s+", " ")
            .strip();
    return reason.length() > 240 ? reason.substring(0, 240) + "…" : reason;
  }
}
