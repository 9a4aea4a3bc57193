package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.bundle.Signature;
import java.util.Optional;

/**
 * A verified bundle, ready for an engine.
 *
 * @param onnx the model as ONNX, where it has this form
 * @param profile of the training rows, where the bundle has one that can be read
 */
public record Bundle(
    Digest digest,
    Signature signature,
    GoldenRows golden,
    Optional<ReferenceProfile> profile,
    Optional<OnnxForm> onnx) {

  /** Whether a row lies outside of all training rows; of none where they are not known. */
  public boolean isFarFromTraining(GoldenRows.Row row) {
    return profile.filter(known -> known.isFarFrom(row)).isPresent();
  }
}
