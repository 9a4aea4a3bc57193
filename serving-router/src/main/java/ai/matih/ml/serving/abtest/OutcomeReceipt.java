package ai.matih.ml.serving.abtest;

import java.util.List;

/** What became of reported outcomes, each in its place. */
public record OutcomeReceipt(List<Result> results) {

  /** What became of one. */
  public enum Result {
    COUNTED,
    /** The same was reported before. */
    REPEATED,
    /** Something else was reported before; that stands. */
    CONTRADICTING,
    /** No test of this model runs on this metric. */
    NO_TEST,
    /** It happened before the test began, or before the unit was exposed. */
    TOO_OLD,
    /**
     * Nobody was exposed yet under this name; kept while it is among the latest such, and counted
     * once the exposure is heard of.
     */
    NOT_EXPOSED
  }

  public OutcomeReceipt {
    results = List.copyOf(results);
  }

  public long count(Result result) {
    return results.stream().filter(result::equals).count();
  }
}
