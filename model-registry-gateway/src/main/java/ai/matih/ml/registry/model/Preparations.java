package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.BundleFiles;
import java.util.Map;
import java.util.Optional;

/**
 * Jobs that make a version's bundle of a logged model. Repeatable: the same request is the same
 * job. When there is no answer an {@code EngineFailure} says why.
 */
public interface Preparations {

  /**
   * What is to be prepared.
   *
   * @param files in the store of bundles
   * @param origin by MLflow's names, for people
   * @param examples a pinned data set
   * @param again number of versions that were made of this before and are gone
   */
  record Request(
      ModelId model,
      Task task,
      BundleFiles files,
      String experimentId,
      Map<String, String> origin,
      Optional<String> examples,
      Map<String, Double> metrics,
      int again,
      String requestedBy) {}

  /**
   * A job.
   *
   * @param version that it made, once it has succeeded
   */
  record Preparation(String jobId, String status, Optional<VersionNumber> version) {}

  /**
   * @throws PreparationRefused for good
   */
  Preparation ask(Request request) throws PreparationRefused;

  /** The training service does not take it; the message is for the person who asked. */
  final class PreparationRefused extends Exception {
    public PreparationRefused(String reason) {
      super(reason);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
