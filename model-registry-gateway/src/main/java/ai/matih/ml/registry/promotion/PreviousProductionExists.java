package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;

/** The version before this one is still in Production and can take over again. */
final class PreviousProductionExists extends Guard {

  PreviousProductionExists() {
    super(
        "the previous Production version takes over again",
        Who.REQUESTER,
        "There would be nothing to go back to.");
  }

  @Override
  Verdict judge(Facts facts) {
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
                    "A version leaves Production for Staging only when the previous one takes over"
                        + " again, and there is none."));
  }
}
