package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.ServingRouter.InService;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.stream.Collectors;

/** No version of the model is deployed or gets traffic. */
final class NothingDeployed extends Guard {

  NothingDeployed() {
    super(
        "no version is deployed",
        Who.ENGINEER,
        "Whoever still calls the model would get no answer.",
        Question.IN_SERVICE);
  }

  @Override
  Verdict judge(Facts facts) {
    return facts.inService().judge(NothingDeployed::judge);
  }

  private static Verdict judge(InService served) {
    if (!served.versions().isEmpty()) {
      return Verdict.notMet(
              "Deployed",
              "Still deployed: %s. Stop it with DELETE .../deployments/{id}; GET .../deployments?model_id= lists what stands."
                  .formatted(
                      served.versions().stream()
                          .map(VersionNumber::toString)
                          .collect(Collectors.joining(", "))))
          .with("versions", served.versions().stream().map(VersionNumber::value).toList());
    }
    return served.acknowledged()
        ? Verdict.met("NothingDeployed", "No version is deployed.")
        : Verdict.notMet(
            "NotAcknowledged", "Not every router has acknowledged that the model gets no traffic.");
  }
}
