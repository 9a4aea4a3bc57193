package ai.matih.ml.registry.evidence;

import java.util.EnumMap;
import java.util.Map;

/** Counts what became of tests while a report is read. */
final class TestTally {

  private static final int MAX_TESTS = 100_000;

  /** What became of one test. */
  enum Fate {
    PASSED,
    FAILED,
    ERROR,
    SKIPPED
  }

  private final Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
  private int total;

  void add(Fate fate) {
    if (++total > MAX_TESTS) {
      throw new ReportRefused("A report may have up to " + MAX_TESTS + " tests.");
    }
    counts.merge(fate, 1, Integer::sum);
  }

  TestCounts counts() {
    return new TestCounts(
        count(Fate.PASSED), count(Fate.FAILED), count(Fate.ERROR), count(Fate.SKIPPED));
  }

  private int count(Fate fate) {
    return counts.getOrDefault(fate, 0);
  }
}
