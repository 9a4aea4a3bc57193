package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The test reports that the policy asks for, before this stage: uploaded, or from a package. */
final class RequiredReportsPassed extends Guard {

  private final boolean beforeProduction;

  private RequiredReportsPassed(boolean beforeProduction) {
    super("required reports passed", Who.REQUESTER, null);
    this.beforeProduction = beforeProduction;
  }

  /** Every required kind but the integration tests. */
  static RequiredReportsPassed beforeStaging() {
    return new RequiredReportsPassed(false);
  }

  /** The integration tests, when they are required. */
  static RequiredReportsPassed beforeProduction() {
    return new RequiredReportsPassed(true);
  }

  @Override
  Verdict judge(Facts facts) {
    List<String> kinds =
        facts.policy().policy().requiredTests().stream()
            .filter(kind -> kind.equals(Policy.INTEGRATION_TESTS) == beforeProduction)
            .toList();
    if (kinds.isEmpty()) {
      return Verdict.notApplicable("NoneRequired", "The policy requires no reports for this move.");
    }
    List<UUID> used = new ArrayList<>();
    for (String kind : kinds) {
      Optional<Evidence> report = facts.latestReport(kind);
      if (report.isEmpty()) {
        return Verdict.notMet(
            "ReportMissing",
            "Upload a report of kind %s, or name a package of such tests, with POST .../evidence."
                .formatted(kind));
      }
      Evidence latest = report.get();
      Optional<Check> notRun =
          latest.checks().stream().filter(c -> c.outcome() == Outcome.NOT_RUN).findFirst();
      if (notRun.isPresent()) {
        return Verdict.notMet(
            "NotRun",
            "The latest tests of kind %s could not be run: %s"
                .formatted(kind, notRun.get().detail()),
            latest.id());
      }
      if (!latest.hasPassed()) {
        return Verdict.notMet(
            latest.counts().executed() == 0 ? "NothingExecuted" : "TestsFailed",
            "The latest %s report: %d executed, %d failed, %d errors, %d skipped."
                .formatted(
                    kind,
                    latest.counts().executed(),
                    latest.counts().failed(),
                    latest.counts().errors(),
                    latest.counts().skipped()),
            latest.id());
      }
      used.add(latest.id());
    }
    return Verdict.met(
        "ReportsPassed", "Passed: " + String.join(", ", kinds) + ".", used.toArray(UUID[]::new));
  }
}
