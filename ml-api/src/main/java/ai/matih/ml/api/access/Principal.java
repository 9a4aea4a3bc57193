package ai.matih.ml.api.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * Whose acts a key's calls are, for audit and four-eyes rules.
 *
 * @param name a person ({@code user:alice}) or a program ({@code app:checkout}); the kinds {@code
 *     service} and {@code job} belong to the suite itself
 */
public record Principal(@JsonValue String name) {

  public static final String PATTERN = "(user|app):[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  @JsonCreator
  public Principal {
    if (!FORM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "must be user:<name> or app:<name> with letters, digits and . _ @ + -");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
