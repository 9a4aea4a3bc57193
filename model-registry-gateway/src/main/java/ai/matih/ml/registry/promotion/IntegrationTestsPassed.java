package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.Optional;
import java.util.stream.Collectors;

/** The platform's golden rows, played against the deployed version through the router. */
final class IntegrationTestsPassed extends Guard {

  IntegrationTestsPassed() {
    super("integration tests passed on the deployed version", Who.ENGINEER, null, Question.SERVING);
  }

  @Override
  Verdict judge(Facts facts) {
    Optional<Evidence> played =
        facts.latest(Evidence.PLATFORM_INTEGRATION, Evidence.Source.PLATFORM);
    if (played.isPresent() && isRecent(played.get(), facts)) {
      Evidence latest = played.get();
      return latest.hasPassed()
          ? Verdict.met("TestsPassed", "The deployed version gave the golden answers.", latest.id())
          : Verdict.notMet(
              latest.outcome() == Outcome.NOT_RUN ? "TestsNotRun" : "TestsFailed",
              latest.checks().stream()
                  .filter(check -> !check.hasPassed())
                  .map(Check::detail)
                  .collect(Collectors.joining(" ")),
              latest.id());
    }
    return facts
        .serving()
        .judge(
            serving ->
                serving.ready()
                    ? Verdict.notMet("TestsRunning", "The golden rows are being played.")
                    : Verdict.notMet(
                        "NotDeployed",
                        "Deploy the version with POST .../deploy; its golden rows are then played"
                            + " through the router."));
  }

  /** A request for new checks makes older ones count no more. */
  static boolean isRecent(Evidence played, Facts facts) {
    return !played.recordedAt().isBefore(facts.version().validationRequestedAt());
  }
}
