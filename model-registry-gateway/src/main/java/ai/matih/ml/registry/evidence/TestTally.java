package ai.matih.ml.registry.evidence;

import java.util.EnumMap;
import java.util.Map;

/** Counts what became of tests while a report is read. */
final class TestTally {

  private static final int MAX_TESTS = 100_000;

  /** What became of one test. */
  enum Result {
    PASSED,
    FAILED,
    ERROR,
    SKIPPED
  }

  private final Map<Result, Integer> counts = new EnumMap<>(Result.class);
  private int total;

  void add(Result result) {
    if (++total > MAX_TESTS) {
      throw new ReportRefused("A report may have up to " + MAX_TESTS + " tests.");
    }
    counts.merge(result, 1, Integer::sum);
  }

  TestCounts counts() {
    return new TestCounts(
        count(Result.PASSED), count(Result.FAILED), count(Result.ERROR), count(Result.SKIPPED));
  }

  private int count(Result result) {
    return counts.getOrDefault(result, 0);
  }
}
