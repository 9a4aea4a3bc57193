package ai.matih.ml.registry.model;

/** What the platform has found out about the ONNX form of a version. */
public enum OnnxStatus {
  /** It answers the golden rows as the native model does. */
  VERIFIED,
  /** Not tried yet. */
  UNVERIFIED,
  /** It answers differently; only an engine that runs the native form may serve the version. */
  MISMATCH,
  /** There is none; only an engine that runs the native form serves the version. */
  ABSENT
}
