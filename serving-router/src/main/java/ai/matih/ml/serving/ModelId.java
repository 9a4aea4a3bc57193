package ai.matih.ml.serving;

/** A model's slug, unique within its tenant, in the form that the registry gives out. */
public record ModelId(String value) {

  private static final int MAX_LENGTH = 64;

  public ModelId {
    if (!isWellFormed(value)) {
      throw new IllegalArgumentException("not a model id");
    }
  }

  /**
   * Whether the registry could have given it out: lower-case letters, digits and single inner
   * hyphens. A loop, because it runs once per prediction.
   */
  public static boolean isWellFormed(String value) {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      return false;
    }
    boolean hyphen = true;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '-' && hyphen) {
        return false;
      }
      hyphen = c == '-';
      if (!hyphen && (c < 'a' || c > 'z') && (c < '0' || c > '9')) {
        return false;
      }
    }
    return !hyphen;
  }

  @Override
  public String toString() {
    return value;
  }
}
