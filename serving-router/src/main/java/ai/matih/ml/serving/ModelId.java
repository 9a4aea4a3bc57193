package ai.matih.ml.serving;

import java.util.regex.Pattern;

/** A model's slug, unique within its tenant. */
public record ModelId(String value) {

  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

  public ModelId {
    if (!isWellFormed(value)) {
      throw new IllegalArgumentException("not a model id");
    }
  }

  public static boolean isWellFormed(String value) {
    return FORM.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
