package ai.matih.ml.registry.promotion;

import java.util.Optional;

/** The version before this one is still in Production and can take over again. */
final class PreviousProductionStands implements Guard {

  @Override
  public String rule() {
    return "the previous Production version takes over again";
  }

  @Override
  public Optional<String> neverOverridden(Facts facts) {
    return Optional.of("There would be nothing to go back to.");
  }

  @Override
  public Verdict judge(Facts facts) {
    if (facts.version().superseded()) {
      return Verdict.barred(
          "AlreadySuperseded",
          "Another version is in Production already; this one can only be archived.");
    }
    return facts
        .superseded()
        .map(
            previous ->
                Verdict.met(
                    "Restores", "Version %s takes over again.".formatted(previous.number())))
        .orElseGet(
            () ->
                Verdict.barred(
                    "NothingToRestore",
                    "A version leaves Production for Staging only when the previous one takes over again, and there is none."));
  }
}
