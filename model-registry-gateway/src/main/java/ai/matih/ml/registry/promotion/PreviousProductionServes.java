package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.AskRouter.Previous;
import ai.matih.ml.registry.promotion.Condition.Who;

/** The version before this one is deployed and answers, so that the traffic can go to it. */
final class PreviousProductionServes extends Guard {

  PreviousProductionServes() {
    super(
        "it is deployed and ready",
        Who.ENGINEER,
        "The traffic would go to a version that cannot answer.",
        Question.PREVIOUS_SERVING);
  }

  /** What is not known bars as well: a way back that waits would surprise somebody days later. */
  @Override
  Verdict judge(Facts facts) {
    if (facts.superseded().isEmpty()) {
      return Verdict.notApplicable("NothingToRestore", "There is no previous version.");
    }
    int number = facts.superseded().get().number().value();
    return switch (facts.previous()) {
      case Reply.Received<Previous>(Previous previous) when previous.version().value() != number ->
          Verdict.barred(
              "Changed",
              "Version %d became the previous one meanwhile; ask again.".formatted(number));
      case Reply.Received<Previous>(Previous previous) when previous.serving().ready() ->
          Verdict.met("Ready", "Version %d is deployed and ready.".formatted(number));
      case Reply.Received<Previous> _ ->
          Verdict.barred(
              "PreviousNotReady",
              "Version %d has no ready deployment; deploy it first. Nothing was moved."
                  .formatted(number));
      case Reply.Unavailable<Previous>(String why) ->
          Verdict.barred(
              "NoAnswer",
              "Nobody knows whether version %d could answer: %s Nothing was moved."
                  .formatted(number, why));
      case Reply.NotAsked<Previous> _ ->
          Verdict.barred("Changed", "The version became Production meanwhile; ask again.");
    };
  }
}
