package ai.matih.ml.features.materialization;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One request to fill the online store.
 *
 * @param attempts how often it was given to Feast
 */
public record Materialization(
    UUID id,
    Instant start,
    Instant end,
    List<String> views,
    Status status,
    List<ViewProgress> progress,
    String reason,
    String message,
    Instant since,
    String submittedBy,
    Instant createdAt,
    Optional<Instant> finishedAt,
    int attempts) {

  /** Where it stands; the last two are final. */
  public enum Status {
    QUEUED,
    RUNNING,
    SUCCEEDED,
    FAILED;

    public boolean isFinal() {
      return this == SUCCEEDED || this == FAILED;
    }
  }

  /**
   * How far one view came.
   *
   * @param rows written so far
   * @param rowsWithoutKey of the source, left out; absent where there is none
   * @param rowsWithoutTime likewise
   */
  public record ViewProgress(
      String name,
      String status,
      long rows,
      Optional<Long> rowsWithoutKey,
      Optional<Long> rowsWithoutTime,
      Optional<String> error) {

    /** One of which nothing is known yet. */
    public static ViewProgress pending(String name) {
      return new ViewProgress(
          name, "pending", 0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** What was left out, in words. */
    Optional<String> leftOut() {
      List<String> parts = new ArrayList<>();
      rowsWithoutKey.ifPresent(n -> parts.add(n + " without a key"));
      rowsWithoutTime.ifPresent(n -> parts.add(n + " without a time"));
      return parts.isEmpty()
          ? Optional.empty()
          : Optional.of(name + ": rows left out: " + String.join(", ", parts) + ".");
    }

    boolean isDone() {
      return status.equals("succeeded") || status.equals("failed");
    }
  }

  public Materialization {
    views = List.copyOf(views);
    progress = List.copyOf(progress);
  }

  /** 0 to 100, by views. */
  public int percent() {
    if (status == Status.SUCCEEDED) {
      return 100;
    }
    long done = progress.stream().filter(ViewProgress::isDone).count();
    return views.isEmpty() ? 0 : (int) (100 * done / views.size());
  }
}
