package ai.matih.ml.serving.engine;

/** A bundle is not what it must be. The message is fit for the person who made it. */
public final class BundleRefused extends RuntimeException {

  /** Which part of the bundle is at fault. */
  public enum Part {
    ARTIFACT,
    DIGEST,
    SIGNATURE,
    GOLDEN_ROWS,
    MODEL
  }

  private final Part part;

  public BundleRefused(Part part, String message) {
    super(message);
    this.part = part;
  }

  public Part part() {
    return part;
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
