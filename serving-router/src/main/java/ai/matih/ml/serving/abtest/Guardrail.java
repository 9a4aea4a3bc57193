package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.abtest.AbTestDesign.Direction;
import ai.matih.ml.serving.abtest.AbTestDesign.Kind;
import ai.matih.ml.serving.abtest.AbTestDesign.Trials;
import ai.matih.ml.serving.abtest.Tally.GuardrailTally;
import java.util.Locale;

/**
 * A metric that a challenger may not make worse by more than a margin, whatever it wins elsewhere.
 *
 * @param expectedDifference the difference for which its confidence sequence is narrowest
 * @param margin how much worse is no harm
 */
public record Guardrail(
    String metric,
    Kind kind,
    Direction direction,
    Trials trials,
    double expectedDifference,
    double margin) {

  /** What is known of it. */
  public enum Finding {
    /** Not worse than the margin allows. */
    HELD,
    /** Worse than the margin allows. */
    BROKEN,
    /** Neither can be said yet. */
    OPEN;

    /** The name on the wire. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Difference difference(GuardrailTally tally) {
    return AbTestDesign.difference(kind, trials, tally.control(), tally.challenger());
  }

  /** By the whole of a confidence sequence of this alpha. */
  public Finding finding(GuardrailTally tally, double alpha) {
    Difference between = difference(tally);
    if (!between.isEnough()) {
      return Finding.OPEN;
    }
    double gain =
        switch (direction) {
          case MAXIMIZE -> between.difference();
          case MINIMIZE -> -between.difference();
        };
    double half = new MixtureTest(alpha, expectedDifference).halfWidth(between.standardError());
    return gain - half > -margin
        ? Finding.HELD
        : gain + half < -margin ? Finding.BROKEN : Finding.OPEN;
  }
}
