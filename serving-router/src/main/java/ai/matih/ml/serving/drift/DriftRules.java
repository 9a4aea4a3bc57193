package ai.matih.ml.serving.drift;

/**
 * When a difference counts.
 *
 * @param falseAlarmRate how likely any input of an arm in which nothing changed is called drifted,
 *     per look; all inputs together
 * @param minRows with fewer rows nothing is said
 */
public record DriftRules(double falseAlarmRate, long minRows) {

  public static final DriftRules DEFAULT = new DriftRules(1e-4, 100);

  public DriftRules {
    if (!(falseAlarmRate > 0 && falseAlarmRate < 1) || minRows < 1) {
      throw new IllegalArgumentException("a rate is between 0 and 1, and rows are positive");
    }
  }
}
