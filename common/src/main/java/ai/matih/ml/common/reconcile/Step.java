package ai.matih.ml.common.reconcile;

import java.time.Duration;

/**
 * What is done with one claimed row, in the scope of its tenant. It may be interrupted, and it may
 * be repeated after it died anywhere.
 */
@FunctionalInterface
public interface Step {

  /**
   * @return how long the row rests before its next step; zero when its own columns say when it is
   *     due
   */
  Duration take(Held row);
}
