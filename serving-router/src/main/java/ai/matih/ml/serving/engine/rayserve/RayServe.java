package ai.matih.ml.serving.engine.rayserve;

import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The part of a Ray cluster that starts and scales applications. Every call may fail as an {@link
 * ai.matih.ml.common.http.EngineFailure}.
 */
interface RayServe {

  /** What there is now; nothing while Serve was never started. */
  ServeStatus status();

  /**
   * Makes sure that the cluster has a package. Repeatable.
   *
   * @param content makes it, if the cluster does not have it
   */
  void ensurePackage(String name, Supplier<byte[]> content);

  /**
   * Makes these all the applications that there are, and starts Serve if it does not run. An
   * application whose configuration stays as it was goes on undisturbed. Accepted is not done.
   */
  void apply(Collection<Map<String, Object>> applications);

  /** Ends Serve with everything in it. */
  void shutDown();
}
