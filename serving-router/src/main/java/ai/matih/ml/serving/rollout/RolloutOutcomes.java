package ai.matih.ml.serving.rollout;

import java.util.Collection;

/** What became of the units of roll-outs; each unit counts once. In the caller's transaction. */
public interface RolloutOutcomes {

  /**
   * One outcome.
   *
   * @param unit the unit's hash
   * @param canary whose bucket it is in
   */
  record UnitOutcome(long unit, boolean canary, boolean bad) {}

  /** How many there are. */
  record OutcomeCounts(long stable, long stableBad, long canary, long canaryBad) {}

  /** Stores those of units of which nothing is known; how many these are. */
  int add(String rolloutId, Collection<UnitOutcome> outcomes);

  OutcomeCounts count(String rolloutId);
}
