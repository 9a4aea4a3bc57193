package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.traffic.Weight;

/** What a deployment's caller wants to happen with traffic once it is ready. */
public record RolloutPlan(Strategy strategy, Weight weight) {

  /** How a ready deployment enters the traffic. */
  public enum Strategy {
    /** It gets everything. */
    DIRECT,
    /** It gets a part; the others keep their proportions. */
    CANARY,
    /** It gets a part as the challenger of an A/B test against today's Production. */
    AB_TEST,
    /** It answers pinned calls only, until somebody changes the traffic. */
    NONE
  }

  public static final RolloutPlan NONE = new RolloutPlan(Strategy.NONE, Weight.NONE);

  public RolloutPlan {
    switch (strategy) {
      case DIRECT -> require(weight.equals(Weight.ALL), "direct means all traffic");
      case NONE -> require(weight.equals(Weight.NONE), "none means no traffic");
      case CANARY, AB_TEST ->
          require(
              weight.bps() > 0 && weight.bps() < Weight.ALL_BPS,
              "a canary or a challenger gets more than nothing and less than everything");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
