package ai.matih.ml.serving.abtest;

import java.util.List;

/** What became of reported outcomes, each in its place. */
public record OutcomeReceipt(List<Fate> fates) {

  /** What became of one. */
  public enum Fate {
    COUNTED,
    /** The same was told before. */
    REPEATED,
    /** Something else was told before; that stands. */
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
    fates = List.copyOf(fates);
  }

  public long count(Fate fate) {
    return fates.stream().filter(fate::equals).count();
  }
}
