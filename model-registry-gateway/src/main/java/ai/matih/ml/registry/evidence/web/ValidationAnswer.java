package ai.matih.ml.registry.evidence.web;

import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.Examination.Subject;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.ValidationRun;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What was to be found out about a version, and what has been.
 *
 * @param status {@code pending} until every part is over, then {@code done}
 * @param outcome {@code passed} when every part did, {@code failed} when one failed, {@code
 *     not_run} when none failed and one could not be made
 * @param progress 0 to 100 over all parts
 * @param checks of the parts that are over, in their order
 */
record ValidationAnswer(
    UUID id,
    ModelId modelId,
    VersionNumber version,
    String status,
    Optional<Outcome> outcome,
    int progress,
    List<Part> conditions,
    List<Check> checks,
    String requestedBy,
    Instant requestedAt,
    Optional<Instant> finishedAt) {

  /**
   * One thing that is looked at.
   *
   * @param type {@code PlatformChecks}, {@code Evaluation} or {@code Tests}
   * @param version that it is about; the evaluation of today's Production is a part too
   * @param status {@code pending}, {@code running}, {@code passed}, {@code failed} or {@code
   *     not_run}
   * @param reason one word for programs
   */
  record Part(
      String type,
      VersionNumber version,
      String status,
      String reason,
      String message,
      Instant since,
      Optional<String> jobId,
      Optional<UUID> evidence) {

    private static Part of(Examination part) {
      String status =
          part.outcome()
              .map(outcome -> outcome.name().toLowerCase(Locale.ROOT))
              .orElse(part.status().name().toLowerCase(Locale.ROOT));
      return new Part(
          switch (part.subject()) {
            case Subject.Checks _ -> "PlatformChecks";
            case Subject.OnData _ -> "Evaluation";
            case Subject.Tests _ -> "Tests";
          },
          part.version(),
          status,
          Arrays.stream(status.split("_"))
              .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
              .collect(Collectors.joining()),
          part.message(),
          part.since(),
          part.job(),
          part.evidence());
    }
  }

  static ValidationAnswer of(
      ValidationRun run, List<Examination> found, Map<UUID, Evidence> evidence) {
    Map<UUID, Examination> byId =
        found.stream().collect(Collectors.toMap(Examination::id, Function.identity()));
    List<Examination> parts = run.examinations().stream().map(byId::get).toList();
    boolean done = parts.stream().allMatch(Examination::isOver);
    return new ValidationAnswer(
        run.id(),
        run.model(),
        run.version(),
        done ? "done" : "pending",
        done
            ? Optional.of(
                Outcome.ofAll(parts.stream().flatMap(part -> part.outcome().stream()).toList()))
            : Optional.empty(),
        (int) parts.stream().mapToInt(Examination::progress).average().orElse(0),
        parts.stream().map(Part::of).toList(),
        parts.stream()
            .flatMap(part -> part.evidence().stream())
            .flatMap(id -> Optional.ofNullable(evidence.get(id)).stream())
            .flatMap(report -> report.checks().stream())
            .toList(),
        run.requestedBy(),
        run.requestedAt(),
        done
            ? parts.stream().map(Examination::since).max(Comparator.naturalOrder())
            : Optional.empty());
  }
}
