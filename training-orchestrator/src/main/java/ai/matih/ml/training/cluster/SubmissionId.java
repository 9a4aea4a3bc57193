package ai.matih.ml.training.cluster;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an attempt of a job is called in the cluster: {@code <job>-a<attempt>}.
 *
 * @param value chosen by us before the call, so that its outcome can always be asked for
 */
public record SubmissionId(@JsonValue String value) {

  private static final Pattern FORM =
      Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-a([1-9][0-9]{0,5})");

  public SubmissionId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a submission id of ours");
    }
  }

  public static SubmissionId of(UUID job, int attempt) {
    return new SubmissionId(job + "-a" + attempt);
  }

  /** Empty for submissions of others. */
  public static Optional<SubmissionId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new SubmissionId(text)) : Optional.empty();
  }

  public UUID job() {
    return UUID.fromString(matched().group(1));
  }

  public int attempt() {
    return Integer.parseInt(matched().group(2));
  }

  private Matcher matched() {
    Matcher form = FORM.matcher(value);
    if (!form.matches()) {
      throw new IllegalStateException(value);
    }
    return form;
  }

  @Override
  public String toString() {
    return value;
  }
}
