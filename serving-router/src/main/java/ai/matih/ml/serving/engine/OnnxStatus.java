package ai.matih.ml.serving.engine;

/** What the registry knows about the ONNX form of a version. */
public enum OnnxStatus {
  /** It answers as the trained model does. */
  VERIFIED,
  /** It was not compared yet, or could not be; nothing is known. */
  UNVERIFIED,
  /** It answers differently from the trained model. */
  MISMATCH,
  /** There is none; only an engine that runs the native form serves the version. */
  ABSENT
}
