package ai.matih.ml.serving.engine;

/**
 * The forms in which a version exists, as far as the registry judged them.
 *
 * @param version the version's number, for messages
 */
public record VersionForms(long version, OnnxStatus onnx) {}
