package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.model.Validation;
import java.util.Optional;
import java.util.stream.Collectors;

/** The platform's own checks in the serving engine. */
final class PlatformChecksPassed implements Guard {

  @Override
  public String rule() {
    return "platform checks passed";
  }

  @Override
  public Verdict judge(Facts facts) {
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
    String failed =
        latest.checks().stream()
            .filter(check -> !check.hasPassed())
            .map(Check::name)
            .collect(Collectors.joining(", "));
    return Verdict.notMet(
        "ChecksFailed",
        "These platform checks failed: %s. The evidence has the details.".formatted(failed),
        latest.id());
  }
}
