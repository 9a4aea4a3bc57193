package ai.matih.ml.registry.evidence;

/** An ONNX file that no engine of the platform should be given; the message says why. */
final class OnnxRefused extends RuntimeException {

  OnnxRefused(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
