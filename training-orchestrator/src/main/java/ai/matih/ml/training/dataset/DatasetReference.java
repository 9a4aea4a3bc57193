package ai.matih.ml.training.dataset;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code dataset:flights} or {@code dataset:flights@sha256:…}.
 *
 * @param digest of one version; the current version otherwise
 */
public record DatasetReference(DatasetName name, Optional<String> digest) {

  public static final String PREFIX = "dataset:";
  private static final Pattern FORM =
      Pattern.compile("dataset:([a-z0-9_-]{1,64})(?:@(sha256:[0-9a-f]{64}))?");

  /** Empty when the text has not this form. */
  public static Optional<DatasetReference> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new DatasetReference(new DatasetName(form.group(1)), Optional.ofNullable(form.group(2))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return PREFIX + name + digest.map(d -> "@" + d).orElse("");
  }
}
