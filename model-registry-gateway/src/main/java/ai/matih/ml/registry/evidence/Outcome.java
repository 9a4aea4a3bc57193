package ai.matih.ml.registry.evidence;

import java.util.Collection;

/** How a check or a whole report came out. */
public enum Outcome {
  PASSED,
  FAILED,
  /** It could not be made, so nothing is known; the detail says why. It counts as not passed. */
  NOT_RUN;

  /** Of several: failed where one failed, passed where all passed. */
  public static Outcome ofAll(Collection<Outcome> outcomes) {
    if (outcomes.contains(FAILED)) {
      return FAILED;
    }
    return outcomes.isEmpty() || outcomes.contains(NOT_RUN) ? NOT_RUN : PASSED;
  }
}
