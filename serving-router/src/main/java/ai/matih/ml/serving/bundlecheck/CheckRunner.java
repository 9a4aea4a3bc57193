package ai.matih.ml.serving.bundlecheck;

import ai.matih.ml.serving.bundlecheck.Check.Name;
import ai.matih.ml.serving.engine.Bundle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Runs the model of a verified bundle where it can do no harm. Repeatable. Whatever the model does,
 * the answer is a list of checks, one per name that was reached or could not be.
 */
public interface CheckRunner {

  /**
   * {@link Name#LOADS} and the checks after it; a signature that the model contradicts comes as a
   * failed check.
   *
   * @param latencyBudget the settings' own when not given
   */
  List<Check> run(Bundle bundle, Optional<Duration> latencyBudget);
}
