package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.ValidateVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The platform's own checks in the serving engine. */
final class PlatformChecksPassed extends Guard {

  /** The checks that judge how it answers, not what is in the files. */
  private static final Set<String> OF_ITS_ANSWERS =
      Set.of("golden_rows", "determinism", "missing_values", "boundary_values", "latency");

  PlatformChecksPassed() {
    super("platform checks passed", Who.PLATFORM, null);
  }

  @Override
  public Optional<String> neverOverridden(Facts facts) {
    Optional<Evidence> checks = facts.latest(Evidence.PLATFORM_CHECKS, Evidence.Source.PLATFORM);
    boolean onlyAnswers =
        facts.version().validation() != Validation.PENDING
            && checks.isPresent()
            && checks.get().checks().stream()
                .allMatch(check -> check.hasPassed() || OF_ITS_ANSWERS.contains(check.name()));
    return onlyAnswers
        ? Optional.empty()
        : Optional.of("Files that the platform did not load and vouch for are never served.");
  }

  @Override
  Verdict judge(Facts facts) {
    if (facts.version().validation() == Validation.PENDING) {
      return Verdict.notMet(
          "ChecksRunning", "The platform's checks of this version are not done yet.");
    }
    Optional<Evidence> checks = facts.latest(Evidence.PLATFORM_CHECKS, Evidence.Source.PLATFORM);
    if (checks.isEmpty()) {
      return Verdict.notMet("NotChecked", "Ask for the platform's checks with POST .../validate.");
    }
    Evidence latest = checks.get();
    if (latest.hasPassed()) {
      return Verdict.met(
          "ChecksPassed",
          "All %d platform checks passed.".formatted(latest.counts().total()),
          latest.id());
    }
    List<Check> failed = with(latest, Outcome.FAILED);
    if (failed.isEmpty()) {
      Check first = with(latest, Outcome.NOT_RUN).getFirst();
      return Verdict.notMet(
          "ChecksNotRun",
          "These platform checks could not be made: %s. %s: %s"
              .formatted(names(with(latest, Outcome.NOT_RUN)), first.name(), first.detail()),
          latest.id());
    }
    if (facts.version().onnx() == OnnxStatus.MISMATCH
        && names(failed).equals(ValidateVersion.GOLDEN_ROWS)) {
      return Verdict.notMet(
          "NoEngine",
          "Its ONNX form answers differently from the trained model, so the onnx engine may not"
              + " serve it, and the router could not try another one. Ask again with POST"
              + " .../validate, or convert the model anew and register that.",
          latest.id());
    }
    return Verdict.notMet(
        "ChecksFailed",
        "These platform checks failed: %s. The evidence has the details.".formatted(names(failed)),
        latest.id());
  }

  private static List<Check> with(Evidence evidence, Outcome outcome) {
    return evidence.checks().stream().filter(check -> check.outcome() == outcome).toList();
  }

  private static String names(List<Check> checks) {
    return checks.stream().map(Check::name).collect(Collectors.joining(", "));
  }
}
