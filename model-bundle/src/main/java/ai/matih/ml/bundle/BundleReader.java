package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import tools.jackson.databind.JsonNode;

/** Reads the documents of one bundle, of any format that was ever written. */
public final class BundleReader {

  /** The same model as ONNX. */
  public static final String MODEL = "model.onnx";

  /** What the model means; it names the format of the bundle, too. */
  public static final String SIGNATURE = "signature.json";

  /** How {@link #MODEL} wants its inputs, since format 2. */
  public static final String ONNX_LAYOUT = "onnx.json";

  public static final String GOLDEN_ROWS = "golden.json";
  public static final String REFERENCE_PROFILE = "reference_profile.json";
  public static final String EVALUATION = "evaluation.json";
  public static final String LINEAGE = "lineage.json";

  /** No document is larger. */
  public static final int MAX_DOCUMENT_BYTES = 16 << 20;

  /** Gives the files of the bundle; may fail with what its store fails with. */
  @FunctionalInterface
  public interface Source {

    /**
     * A whole file.
     *
     * @throws BundleRefused when it is absent or larger
     */
    byte[] read(String path, int maxBytes);
  }

  private final Source files;

  public BundleReader(Source files) {
    this.files = files;
  }

  /**
   * @throws BundleRefused when it is not what it must be
   */
  public Signature signature() {
    return SignatureJson.signature(document(SIGNATURE, Part.SIGNATURE));
  }

  /**
   * Where the columns lie in {@code model.onnx}.
   *
   * @throws BundleRefused when it does not fit the signature
   */
  public OnnxLayout onnxLayout(Signature signature) {
    return signature.format() == 1
        ? SignatureJson.layoutOfFormat1(document(SIGNATURE, Part.SIGNATURE), signature)
        : SignatureJson.layout(document(ONNX_LAYOUT, Part.LAYOUT), signature);
  }

  /**
   * @throws BundleRefused when they are not what they must be, or do not fit the signature
   */
  public GoldenRows goldenRows(Signature signature) {
    return GoldenJson.read(document(GOLDEN_ROWS, Part.GOLDEN_ROWS), signature);
  }

  /**
   * @throws BundleRefused when it is not what it must be
   */
  public ReferenceProfile referenceProfile() {
    return ProfileJson.read(document(REFERENCE_PROFILE, Part.REFERENCE_PROFILE));
  }

  private JsonNode document(String path, Part part) {
    return Json.tree(files.read(path, MAX_DOCUMENT_BYTES), path, part);
  }
}
