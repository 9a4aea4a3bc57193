package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.Optional;

/** Another version has taken over Production. */
final class NewerVersionInProduction implements Guard {

  @Override
  public String rule() {
    return "another version has taken over Production";
  }

  @Override
  public Who fixedBy() {
    return Who.ENGINEER;
  }

  @Override
  public Optional<String> neverOverridden(Facts facts) {
    return Optional.of("Without another one, the model would have no version in Production.");
  }

  @Override
  public Verdict judge(Facts facts) {
    if (facts.version().superseded() && facts.production().isPresent()) {
      return Verdict.met(
          "Superseded",
          "Version %s is the one in Production.".formatted(facts.production().get().number()));
    }
    return Verdict.notMet(
        "StillProduction", "Promote another version to Production first; this one is needed.");
  }
}
