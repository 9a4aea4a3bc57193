package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;

/** Another version has taken over Production. */
final class NewerVersionInProduction extends Guard {

  NewerVersionInProduction() {
    super(
        "another version has taken over Production",
        Who.ENGINEER,
        "Without another one, the model would have no version in Production.");
  }

  @Override
  Verdict judge(Facts facts) {
    if (facts.version().superseded() && facts.production().isPresent()) {
      return Verdict.met(
          "Superseded",
          "Version %s is the one in Production.".formatted(facts.production().get().number()));
    }
    return Verdict.notMet(
        "StillProduction", "Promote another version to Production first; this one is needed.");
  }
}
