package ai.matih.ml.registry.promotion;

/** Another version has taken over Production. */
final class NewerVersionInProduction implements Guard {

  @Override
  public String rule() {
    return "another version has taken over Production";
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
