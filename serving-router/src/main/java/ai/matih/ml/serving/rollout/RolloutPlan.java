package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.traffic.Weight;
import java.util.List;

/**
 * How a version enters the traffic.
 *
 * @param steps those that are still to be taken, in their order; none when the roll-out is over
 */
public record RolloutPlan(Strategy strategy, List<RolloutStep> steps) {

  /** How a ready deployment enters the traffic. */
  public enum Strategy {
    /** It gets everything. */
    DIRECT,
    /** It gets a part; the others keep their proportions. */
    CANARY,
    /** It gets a part as the challenger of an A/B test, which moves the traffic itself. */
    AB_TEST,
    /** It answers pinned calls only, until somebody changes the traffic. */
    NONE
  }

  public static final RolloutPlan NONE = new RolloutPlan(Strategy.NONE, List.of());

  public static final RolloutPlan AB_TEST = new RolloutPlan(Strategy.AB_TEST, List.of());

  /** A canary that takes its steps by itself: the roll-out moves the traffic. */
  public static final RolloutPlan GRADUAL = new RolloutPlan(Strategy.CANARY, List.of());

  public static final RolloutPlan DIRECT =
      new RolloutPlan(Strategy.DIRECT, List.of(new RolloutStep(Weight.ALL)));

  public RolloutPlan {
    steps = List.copyOf(steps);
    switch (strategy) {
      case DIRECT ->
          require(
              steps.stream().allMatch(step -> step.weight().equals(Weight.ALL)),
              "direct means all traffic");
      case CANARY ->
          require(
              steps.stream().noneMatch(step -> step.weight().equals(Weight.ALL)),
              "a canary gets less than everything");
      case AB_TEST, NONE -> require(steps.isEmpty(), "only direct and canary have steps");
    }
    // Where a plan is kept has room for one step.
    require(steps.size() <= 1, "a roll-out has one step");
  }

  public static RolloutPlan canary(Weight weight) {
    return new RolloutPlan(Strategy.CANARY, List.of(new RolloutStep(weight)));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  public boolean isOver() {
    return steps.isEmpty();
  }

  /** The share that the next step gives; none when the roll-out is over. */
  public Weight nextWeight() {
    return steps.isEmpty() ? Weight.NONE : steps.getFirst().weight();
  }

  /** What is left after the next step. */
  RolloutPlan afterNextStep() {
    return new RolloutPlan(strategy, steps.subList(1, steps.size()));
  }

  /** The same way into the traffic with nothing left to do. */
  public RolloutPlan ended() {
    return new RolloutPlan(strategy, List.of());
  }
}
