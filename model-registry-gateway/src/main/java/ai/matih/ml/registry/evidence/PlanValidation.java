package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.evidence.Examination.Subject;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Versions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Says what has to be found out about a version: the platform's checks anew; its measurement on the
 * policy's data, unless that is known or under way; and that of today's Production, where a rule
 * compares the two. Works in the caller's transaction, which holds the model's lock.
 */
public final class PlanValidation {

  private final Models models;
  private final Versions versions;
  private final Examinations examinations;
  private final ValidationSignal signal;

  public PlanValidation(
      Models models, Versions versions, Examinations examinations, ValidationSignal signal) {
    this.models = models;
    this.versions = versions;
    this.examinations = examinations;
    this.signal = signal;
  }

  ValidationRun plan(ModelVersion version, String by, Instant at) {
    List<UUID> parts = new ArrayList<>();
    parts.add(add(version, new Subject.Checks(), by, at));
    Policy policy = models.policy(version.model()).policy();
    policy
        .evaluation()
        .filter(Policy.EvaluationData::hasDigest)
        .map(data -> new Subject.OnData(data.dataset(), data.targetColumn()))
        .ifPresent(
            data -> {
              parts.add(standing(version, data).orElseGet(() -> add(version, data, by, at)));
              if (policy.comparesWithProduction()) {
                versions
                    .currentProduction(version.model())
                    .filter(today -> !today.number().equals(version.number()))
                    .ifPresent(
                        today ->
                            parts.add(
                                standing(today, data).orElseGet(() -> add(today, data, by, at))));
              }
            });
    return run(version, by, at, parts);
  }

  ValidationRun planTests(ModelVersion version, Subject.Tests tests, String by, Instant at) {
    return run(version, by, at, List.of(add(version, tests, by, at)));
  }

  /** A request for these tests by the same person that is under way. */
  Optional<ValidationRun> openTests(ModelVersion version, Subject.Tests tests, String by) {
    return examinations
        .latest(version.model(), version.number(), tests)
        .filter(latest -> !latest.isOver() && latest.subject().equals(tests))
        .filter(latest -> latest.requestedBy().equals(by))
        .flatMap(
            latest ->
                examinations.runs(version.model(), version.number()).stream()
                    .filter(run -> run.examinations().equals(List.of(latest.id())))
                    .findFirst());
  }

  private ValidationRun run(ModelVersion version, String by, Instant at, List<UUID> parts) {
    ValidationRun run =
        new ValidationRun(UUID.randomUUID(), version.model(), version.number(), by, at, parts);
    examinations.add(run);
    signal.send();
    return run;
  }

  private Optional<UUID> standing(ModelVersion version, Subject subject) {
    return examinations
        .latest(version.model(), version.number(), subject)
        .filter(Examination::stands)
        .map(Examination::id);
  }

  private UUID add(ModelVersion version, Subject subject, String by, Instant at) {
    Examination asked = Examination.asked(version.model(), version.number(), subject, by, at);
    examinations.add(asked);
    return asked.id();
  }
}
