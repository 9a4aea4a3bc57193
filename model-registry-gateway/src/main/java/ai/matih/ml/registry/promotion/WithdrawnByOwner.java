package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;

/** Whoever made the version or owns the model withdraws it; nobody else but an administrator. */
final class WithdrawnByOwner extends Guard {

  WithdrawnByOwner() {
    super(
        "withdrawn by its owner",
        Who.REQUESTER,
        "It is no emergency; an administrator can withdraw it as well.");
  }

  @Override
  Verdict judge(Facts facts) {
    String principal = facts.requester().principal();
    boolean owns =
        principal.equals(facts.model().owner())
            || principal.equals(facts.version().registeredBy())
            || facts.version().trainedBy().filter(principal::equals).isPresent();
    if (owns || facts.requester().admin()) {
      return Verdict.met("Owner", "Withdrawn by " + principal + ".");
    }
    return Verdict.barred(
        "NotOwner",
        "Only the model's owner, the version's trainer or registrar, or an administrator may"
            + " withdraw it.");
  }
}
