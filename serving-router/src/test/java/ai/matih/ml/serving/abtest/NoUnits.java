package ai.matih.ml.serving.abtest;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Knows no unit and refuses to be asked; a base for what a test needs of it. */
abstract class NoUnits implements Units {

  @Override
  public void expose(List<Exposed> exposures) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void lock(String testId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<Long, Known> units(String testId, Collection<Long> units) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<Long, Long> unitsOfRequests(String testId, Collection<Long> requests) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<Long, Double> waitingRequests(String testId, Collection<Long> requests) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void record(String testId, Collection<Outcome> outcomes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void await(String testId, Collection<Outcome> outcomes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int dropWaiting(String testId, int keep) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void contradict(String testId, Set<Long> units) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Tally tally(String testId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int tidy(Instant endedBefore, int limit) {
    throw new UnsupportedOperationException();
  }
}
