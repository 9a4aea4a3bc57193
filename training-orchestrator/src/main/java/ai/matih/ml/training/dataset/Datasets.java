package ai.matih.ml.training.dataset;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The data sets of the tenant in scope. */
public interface Datasets {

  /** The version that a reference names, if there is one. */
  Optional<DatasetVersion> find(DatasetReference reference);

  /** Versions of one name, the current one first. */
  List<DatasetVersion> versions(DatasetName name, int max);

  /** The current version of each name, by name. */
  Page<DatasetVersion> current(Optional<String> nameContains, PageRequest page);

  /**
   * Stores a version with its audit row, or makes the known one of its digest current. Repeatable.
   *
   * @return the stored version and whether it is new
   */
  Stored store(DatasetVersion version);

  /**
   * Makes a known version current, with its audit row. Repeatable.
   *
   * @return empty when there is no such version
   */
  Optional<DatasetVersion> makeCurrent(DatasetReference reference, Instant now);

  /** Removes a version, with its audit row. Repeatable: an absent one is no fault. */
  void delete(DatasetReference reference);

  record Stored(DatasetVersion version, boolean created) {}
}
