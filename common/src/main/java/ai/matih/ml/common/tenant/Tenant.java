package ai.matih.ml.common.tenant;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * A tenant by its slug, which is also its MLflow workspace and its first path element on S3.
 *
 * @param slug 2 to 32 lower-case letters, digits and single inner hyphens, starting with a letter
 */
public record Tenant(@JsonValue String slug) {

  /** Of up to 32 characters. */
  public static final String PATTERN = "[a-z](-?[a-z0-9])+";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  public Tenant {
    if (slug.length() < 2 || slug.length() > 32 || !FORM.matcher(slug).matches()) {
      throw new IllegalArgumentException(
          "a tenant is 2 to 32 lower-case letters, digits and single inner hyphens");
    }
  }

  /** Feast allows no hyphens; tenants have no underscores, so the mapping is one to one. */
  public String feastProject() {
    return slug.replace('-', '_');
  }

  @Override
  public String toString() {
    return slug;
  }
}
