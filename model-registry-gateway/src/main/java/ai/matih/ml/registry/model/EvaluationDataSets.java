package ai.matih.ml.registry.model;

import java.util.Optional;
import java.util.Set;

/**
 * The data sets on which versions can be measured. Repeatable; when there is no answer an {@code
 * EngineFailure} says why.
 */
public interface EvaluationDataSets {

  /**
   * The version that a reference names, or the current one where it has no digest; empty when the
   * tenant has no such data set.
   *
   * @param dataset {@code dataset:name} or {@code dataset:name@sha256:…}
   */
  Optional<Pinned> find(String dataset);

  /**
   * A data set of one digest.
   *
   * @param reference {@code dataset:name@sha256:…}
   */
  record Pinned(String reference, Set<String> columns) {
    public Pinned {
      columns = Set.copyOf(columns);
    }
  }
}
