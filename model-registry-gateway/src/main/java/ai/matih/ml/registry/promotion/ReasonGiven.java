package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;

/** The requester says why. */
final class ReasonGiven extends Guard {

  ReasonGiven() {
    super("a reason is given", Who.REQUESTER, "A reason can always be given.");
  }

  @Override
  Verdict judge(Facts facts) {
    return facts.reason().filter(reason -> !reason.isBlank()).isPresent()
        ? Verdict.met("Given", "A reason is given.")
        : Verdict.barred("ReasonMissing", "This move needs a reason.");
  }
}
