package ai.matih.ml.registry.evidence;

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
    return executed() > 0 && failed == 0 && errors == 0 ? Outcome.PASSED : Outcome.FAILED;
  }

  public static TestCounts of(Iterable<Check> checks) {
    int passed = 0;
    int failed = 0;
    for (Check check : checks) {
      if (check.hasPassed()) {
        passed++;
      } else {
        failed++;
      }
    }
    return new TestCounts(passed, failed, 0, 0);
  }
}
