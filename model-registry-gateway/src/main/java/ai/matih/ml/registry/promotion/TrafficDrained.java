package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import java.time.Duration;
import java.util.Set;

/** The router proves that nobody is answered by the version any more. */
final class TrafficDrained implements Guard {

  @Override
  public String rule() {
    return "the router proves that it drained";
  }

  @Override
  public Set<Question> asks() {
    return Set.of(Question.SERVING);
  }

  @Override
  public Verdict judge(Facts facts) {
    return facts.serving().judge(serving -> judge(facts, serving));
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
    if (!serving.pinnedCallers().isEmpty()) {
      return Verdict.notMet(
          "PinnedCallers",
          "Still asked for by " + String.join(", ", serving.pinnedCallers()) + ".");
    }
    Duration quiet = facts.policy().policy().quietPeriod();
    if (serving.lastRequestAt().filter(last -> last.plus(quiet).isAfter(facts.now())).isPresent()) {
      return Verdict.notMet(
          "NotQuiet",
          "The last request came at %s; %s of quiet are asked for."
              .formatted(serving.lastRequestAt().get(), quiet));
    }
    return Verdict.met("Drained", "No weight, nothing in flight, nobody pinned to it.");
  }
}
