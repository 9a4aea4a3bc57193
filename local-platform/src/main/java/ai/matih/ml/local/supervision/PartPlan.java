package ai.matih.ml.local.supervision;

import ai.matih.ml.local.process.ProcessSpec;
import java.io.IOException;
import java.util.Set;

/**
 * One program of a platform and its place in the order.
 *
 * @param after parts that must be ready before this one starts for the first time
 * @param alone nothing else may be starting while this one starts
 * @param preparation makes everything ready and says what to run; called before every start
 * @param whenReady finishes the work once the program serves, for example creates databases; called
 *     after every start
 */
public record PartPlan(
    String name, Set<String> after, boolean alone, Preparation preparation, Completion whenReady) {

  public PartPlan {
    after = Set.copyOf(after);
  }

  /** Work before a start. */
  @FunctionalInterface
  public interface Preparation {
    ProcessSpec prepare() throws IOException, InterruptedException;
  }

  /** Work after a start. */
  @FunctionalInterface
  public interface Completion {
    void complete() throws IOException, InterruptedException;

    static Completion nothing() {
      return () -> {};
    }
  }
}
