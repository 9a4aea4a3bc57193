package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.promotion.Condition.Who;

/** The version gets no share of the traffic. */
final class NoTraffic extends Guard {

  NoTraffic() {
    super(
        "no traffic",
        Who.ENGINEER,
        "Archived is final, and whoever still calls the version would get no answer.",
        Question.SERVING);
  }

  @Override
  Verdict judge(Facts facts) {
    return facts.serving().judge(serving -> TrafficDrained.withFacts(noTraffic(serving), serving));
  }

  private static Verdict noTraffic(Serving serving) {
    return serving.weightBps() == 0 && serving.acknowledged() && serving.inFlight() == 0
        ? Verdict.met("NoTraffic", "It gets no traffic.")
        : Verdict.notMet(
            "HasTraffic",
            "It has %d of 10000 parts of the traffic and %d requests in flight; take its traffic away first."
                .formatted(serving.weightBps(), serving.inFlight()));
  }
}
