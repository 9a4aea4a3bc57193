package ai.matih.ml.serving.abtest;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The units of tests: who was exposed to what, and what came of it. A unit's row may begin with
 * either; whichever is heard first waits for the other, so that two routers need no order between
 * them. Units and requests are hashes by the test's salt.
 */
public interface Units {

  /**
   * One exposure of a unit.
   *
   * @param request the request's hash where it differs from the unit's
   */
  record Exposed(
      String tenant,
      String testId,
      long unit,
      boolean challenger,
      Optional<Long> request,
      Instant at) {}

  /** What is known of a unit. */
  record Known(Optional<Instant> exposedAt, Optional<Told> outcome) {}

  /** What was told of somebody. */
  record Told(double value, Optional<Double> denominator) {}

  /**
   * What is to be stored of outcomes.
   *
   * @param challenger whether the unit's bucket is the challenger's
   */
  record Outcome(long unit, boolean challenger, Told told, Instant at) {}

  /**
   * Stores exposures of running tests, over all tenants, in a transaction of its own; repeatable.
   * Those of tests that are not running are let go.
   */
  void expose(List<Exposed> exposures);

  /** Orders everything that is written about a test until the caller's transaction ends. */
  void lock(String testId);

  Map<Long, Known> units(String testId, Collection<Long> units);

  /** The units of requests that named one. */
  Map<Long, Long> unitsOfRequests(String testId, Collection<Long> requests);

  /** Outcomes that wait for their requests. */
  Map<Long, Told> waitingRequests(String testId, Collection<Long> requests);

  /** Stores first outcomes. */
  void record(String testId, Collection<Outcome> outcomes);

  /** Keeps first outcomes of requests that are not heard of yet; units are the requests. */
  void await(String testId, Collection<Outcome> outcomes);

  /**
   * Lets go of outcomes that wait for an exposure, those told first, until {@code keep} of units
   * and {@code keep} of requests are left.
   *
   * @return how many went
   */
  int dropWaiting(String testId, int keep);

  /** What was told of a guardrail's metric, by the hashes of the names under which it was told. */
  Map<Long, Told> guardrailOutcomes(String testId, String metric, Collection<Long> names);

  /** Stores first outcomes of a guardrail's metric; units are the names under which they came. */
  void recordGuardrail(String testId, String metric, Collection<Outcome> outcomes);

  /** Lets go of those of a guardrail's metric that nobody was exposed for, as of the metric. */
  int dropGuardrailWaiting(String testId, String metric, int keep);

  /** Notes outcomes that count on no arm, for the test to show. */
  void noteUncounted(String testId, long dropped, long tooOld);

  /** Remembers that somebody said something else about these. */
  void contradict(String testId, Set<Long> units);

  Tally tally(String testId);

  /** Drops what tests that are over need no more; returns how many rows went. */
  int tidy(Instant endedBefore, int limit);
}
