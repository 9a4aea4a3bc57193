package ai.matih.ml.training.dataset;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * What a data set is called within its tenant; also a path element on the object store.
 *
 * @param value 1 to 64 lower-case letters, digits and single inner hyphens or underscores
 */
public record DatasetName(@JsonValue String value) {

  /** In words, for people whose name was refused. */
  public static final String RULE =
      "must be 1 to 64 lower-case letters, digits and single inner hyphens or underscores";

  private static final Pattern FORM = Pattern.compile("[a-z0-9]+([-_][a-z0-9]+)*+");

  public DatasetName {
    if (value.length() > 64 || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(RULE);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
