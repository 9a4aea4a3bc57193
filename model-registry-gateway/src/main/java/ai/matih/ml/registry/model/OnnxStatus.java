package ai.matih.ml.registry.model;

/** What the platform has found out about the ONNX form of a version. */
public enum OnnxStatus {
  /** It answers the golden rows as the native model does. */
  VERIFIED,
  /** Not tried yet, or not there. */
  UNVERIFIED,
  /** It answers differently; no engine may serve it. */
  MISMATCH
}
