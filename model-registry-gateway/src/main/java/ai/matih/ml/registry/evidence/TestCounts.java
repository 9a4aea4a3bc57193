package ai.matih.ml.registry.evidence;

import java.util.Collection;

/** How many tests there were and what became of them; each test is in one of the four. */
public record TestCounts(int passed, int failed, int errors, int skipped) {

  public int total() {
    return passed + failed + errors + skipped;
  }

  public int executed() {
    return passed + failed + errors;
  }

  /** A report passes when something ran and nothing went wrong; skipping everything is no pass. */
  public Outcome outcome() {
    if (executed() == 0) {
      return Outcome.NOT_RUN;
    }
    return failed == 0 && errors == 0 ? Outcome.PASSED : Outcome.FAILED;
  }

  /** A check that was not run is a skipped one. */
  public static TestCounts of(Collection<Check> checks) {
    return new TestCounts(
        count(checks, Outcome.PASSED),
        count(checks, Outcome.FAILED),
        0,
        count(checks, Outcome.NOT_RUN));
  }

  private static int count(Collection<Check> checks, Outcome outcome) {
    return (int) checks.stream().filter(check -> check.outcome() == outcome).count();
  }
}
