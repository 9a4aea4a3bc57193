package ai.matih.ml.bundle;

/** A bundle is not what it must be. The message is one sentence, fit for the person who made it. */
public final class BundleRefused extends RuntimeException {

  /** Which part of the bundle is at fault. */
  public enum Part {
    /** Which files there are, their names, sizes and place. */
    FILES,
    DIGEST,
    SIGNATURE,
    /** How an engine lays the inputs out. */
    LAYOUT,
    GOLDEN_ROWS,
    REFERENCE_PROFILE,
    MODEL
  }

  private final Part part;

  public BundleRefused(Part part, String sentence) {
    super(sentence);
    this.part = part;
  }

  public Part part() {
    return part;
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
