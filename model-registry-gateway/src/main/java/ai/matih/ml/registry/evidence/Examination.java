package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One piece of work that finds something out about a version. It ends in evidence, whatever comes
 * out.
 *
 * @param progress 0 to 100, as far as it is known
 * @param message how it stands, for people
 * @param since when it got this status
 * @param job that does it on Ray
 * @param evidence what came out, and whether that is good
 */
public record Examination(
    UUID id,
    ModelId model,
    VersionNumber version,
    Subject subject,
    String requestedBy,
    Instant requestedAt,
    Status status,
    int progress,
    String message,
    Instant since,
    Optional<String> job,
    Optional<UUID> evidence,
    Optional<Outcome> outcome) {

  /** Where it stands. */
  public enum Status {
    PENDING,
    RUNNING,
    DONE
  }

  /** What is to be found out. */
  public sealed interface Subject {

    /** The platform's own checks in the serving engine. */
    record Checks() implements Subject {}

    /** The platform's measurement on a data set, {@code dataset:name@sha256:…}. */
    record OnData(String dataset, String targetColumn) implements Subject {}

    /** Somebody's own tests, as evidence of a kind. */
    record Tests(String kind, String packageDigest, Optional<String> note) implements Subject {}
  }

  static Examination asked(
      ModelId model, VersionNumber version, Subject subject, String by, Instant at) {
    return new Examination(
        UUID.randomUUID(),
        model,
        version,
        subject,
        by,
        at,
        Status.PENDING,
        0,
        "It waits for its turn.",
        at,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public boolean isOver() {
    return status == Status.DONE;
  }

  /** A new request need not do this again: it is under way, or it is known. */
  boolean stands() {
    return !isOver() || outcome.equals(Optional.of(Outcome.PASSED));
  }

  Examination waiting(String why) {
    return changed(status, progress, why, since, job, evidence, outcome);
  }

  Examination running(String jobId, int percent, String how, Instant at) {
    Instant from = status == Status.RUNNING ? since : at;
    return changed(Status.RUNNING, percent, how, from, Optional.of(jobId), evidence, outcome);
  }

  Examination done(Evidence found, Instant at) {
    String how =
        switch (found.outcome()) {
          case PASSED -> "It passed.";
          case FAILED -> "It did not pass; the evidence says why.";
          case NOT_RUN -> "It could not be made; the evidence says why.";
        };
    return changed(
        Status.DONE, 100, how, at, job, Optional.of(found.id()), Optional.of(found.outcome()));
  }

  private Examination changed(
      Status now,
      int percent,
      String how,
      Instant from,
      Optional<String> byJob,
      Optional<UUID> found,
      Optional<Outcome> cameOut) {
    return new Examination(
        id,
        model,
        version,
        subject,
        requestedBy,
        requestedAt,
        now,
        percent,
        how,
        from,
        byJob,
        found,
        cameOut);
  }
}
