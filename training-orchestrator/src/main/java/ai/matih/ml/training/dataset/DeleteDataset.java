package ai.matih.ml.training.dataset;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.training.TrainingError;
import java.util.List;
import java.util.Optional;

/**
 * Deletes versions that nothing uses. Repeatable: what is gone stays gone.
 *
 * <p>The files go first, so that a repeat completes what a lost store interrupted. A job that is
 * submitted in the moment between the look at the users and the end fails with the reason.
 */
public final class DeleteDataset {

  private final Datasets datasets;
  private final ObjectStore store;
  private final List<DatasetUsers> users;

  DeleteDataset(Datasets datasets, ObjectStore store, List<DatasetUsers> users) {
    this.datasets = datasets;
    this.store = store;
    this.users = List.copyOf(users);
  }

  /**
   * @param digest of one version; all versions of the name otherwise
   * @throws Problem naming who uses one of them; nothing is deleted then
   */
  public void delete(DatasetName name, Optional<String> digest) {
    List<DatasetVersion> versions =
        digest.isPresent()
            ? datasets.find(new DatasetReference(name, digest)).stream().toList()
            : datasets.versions(name, Integer.MAX_VALUE);
    List<String> uses =
        versions.stream()
            .flatMap(version -> users.stream().flatMap(user -> user.of(version).stream()))
            .distinct()
            .toList();
    if (!uses.isEmpty()) {
      throw new Problem(
              TrainingError.DATASET_IN_USE,
              "Data set %s is used by %s.".formatted(name, String.join(", ", uses)))
          .with("used_by", uses);
    }
    for (DatasetVersion version : versions) {
      store.delete(version.uri());
      datasets.delete(version.reference());
    }
  }
}
