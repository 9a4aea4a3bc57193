package ai.matih.ml.registry.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** A model by its slug, which is also its name in MLflow. */
public record ModelId(@JsonValue String slug) {

  private static final int MAX_LENGTH = 64;
  private static final Pattern FORM = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*+");

  @JsonCreator
  public ModelId {
    if (slug.length() > MAX_LENGTH || !FORM.matcher(slug).matches()) {
      throw new IllegalArgumentException(
          "must be 1 to 64 lower-case letters, digits and single inner hyphens");
    }
  }

  /**
   * The slug of a display name: {@code "Churn (EU)"} becomes {@code churn-eu}.
   *
   * @throws IllegalArgumentException when the name leaves nothing to make a slug of
   */
  public static ModelId ofName(String name) {
    String plain = Normalizer.normalize(name, Normalizer.Form.NFKD).replaceAll("\\p{M}", "");
    String slug =
        plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    if (slug.isEmpty()) {
      throw new IllegalArgumentException("must contain a letter from a to z or a digit");
    }
    return new ModelId(slug);
  }

  @Override
  public String toString() {
    return slug;
  }
}
