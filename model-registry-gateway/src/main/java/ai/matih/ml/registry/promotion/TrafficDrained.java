package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.time.Duration;

/** The router proves that nobody is answered by the version any more. */
final class TrafficDrained extends Guard {

  TrafficDrained() {
    super(
        "the router proves that it drained",
        Who.ENGINEER,
        "Archived is final, and whoever still calls the version would get no answer.",
        Question.SERVING);
  }

  @Override
  Verdict judge(Facts facts) {
    return facts.serving().judge(serving -> withFacts(judge(facts, serving), serving));
  }

  static Verdict withFacts(Verdict verdict, Serving serving) {
    Verdict detailed =
        verdict
            .with("weight_bps", serving.weightBps())
            .with("acknowledged_by_all", serving.acknowledged())
            .with("in_flight", serving.inFlight())
            .with("pinned_callers", serving.pinnedCallers());
    return serving
        .lastRequestAt()
        .map(last -> detailed.with("last_request_at", last.toString()))
        .orElse(detailed);
  }

  private static Verdict judge(Facts facts, Serving serving) {
    if (serving.weightBps() > 0) {
      return Verdict.notMet(
          "HasWeight",
          "It still gets %d of 10000 parts of the traffic.".formatted(serving.weightBps()));
    }
    if (!serving.acknowledged()) {
      return Verdict.notMet(
          "NotAcknowledged", "Not every router has acknowledged that it gets no traffic.");
    }
    if (serving.inFlight() > 0) {
      return Verdict.notMet(
          "InFlight", "%d requests are being answered.".formatted(serving.inFlight()));
    }
    Duration quiet = facts.policy().policy().quietPeriod();
    boolean isQuiet =
        serving.lastRequestAt().filter(last -> !last.plus(quiet).isAfter(facts.now())).isPresent();
    // Who named it once, before the quiet period, is no caller any more.
    if (!serving.pinnedCallers().isEmpty() && !isQuiet) {
      return Verdict.notMet(
          "PinnedCallers",
          "Still asked for by " + String.join(", ", serving.pinnedCallers()) + ".");
    }
    if (serving.lastRequestAt().isPresent() && !isQuiet) {
      return Verdict.notMet(
          "NotQuiet",
          "The last request came at %s; %s of quiet are asked for."
              .formatted(serving.lastRequestAt().get(), quiet));
    }
    return Verdict.met("Drained", "No weight, nothing in flight, nobody pinned to it.");
  }
}
