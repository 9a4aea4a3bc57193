package ai.matih.ml.registry.retention;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Duration;
import java.util.Optional;

/**
 * How long versions are kept that nobody deletes by hand; what is not given is kept for ever. A
 * version that ever was in Production is kept whatever this says.
 *
 * @param keepArchived how long a version stays in Archived
 * @param keepDevelopment how long a version stays in Development without being promoted
 */
@JsonIgnoreProperties({ // so that an answer can be sent back
  "model_id",
  "revision",
  "changed_by",
  "changed_at",
  "applied_at",
  "grace_period",
  "deleted_versions",
  "removed_versions",
  "freed_bytes"
})
public record Retention(Optional<Duration> keepArchived, Optional<Duration> keepDevelopment) {

  public static final Retention FOR_EVER = new Retention(Optional.empty(), Optional.empty());

  private static final Duration LONGEST = Duration.ofDays(36_500);

  public Retention {
    check(keepArchived, "keep_archived");
    check(keepDevelopment, "keep_development");
  }

  private static void check(Optional<Duration> keep, String field) {
    if (keep.isPresent() && (keep.get().isNegative() || keep.get().compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(field + " must be PT0S to P36500D");
    }
  }
}
