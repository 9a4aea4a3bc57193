package ai.matih.ml.serving.engine;

import java.util.Optional;

/**
 * The forms in which a version exists, as far as the registry judged them.
 *
 * @param version the version's number, for messages
 * @param difference what was found where the ONNX form answers differently, as a sentence
 */
public record VersionForms(long version, OnnxStatus onnx, Optional<String> difference) {

  public VersionForms(long version, OnnxStatus onnx) {
    this(version, onnx, Optional.empty());
  }
}
