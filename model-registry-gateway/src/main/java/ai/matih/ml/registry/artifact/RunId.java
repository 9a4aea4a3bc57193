package ai.matih.ml.registry.artifact;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** An MLflow run by its id; goes into addresses, so its form is checked first. */
public record RunId(@JsonValue String value) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  @JsonCreator
  public RunId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("must be 1 to 64 letters, digits, - and _");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
