package ai.matih.ml.registry.retention;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions.VersionState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deletes a model with its versions, and restores both.
 *
 * <p>The model goes or comes back at once, and with it everything that answers for it; so nothing
 * can be registered, promoted or deployed of it from that moment on. Its versions are deleted or
 * restored in batches; the first batch is in the transaction of the model itself.
 */
public final class DeleteModel {

  /**
   * What a deletion came to.
   *
   * @param versions of the first batch
   * @param remaining how many others are deleted in later batches
   */
  public record Deleted(List<Deletion> versions, int remaining) {
    public Deleted {
      versions = List.copyOf(versions);
    }
  }

  private final FindModel find;
  private final Models models;
  private final BatchVersions batches;
  private final EndTransitions transitions;
  private final RefuseInUse refuse;
  private final ModelTransactions transactions;

  public DeleteModel(
      FindModel find,
      Models models,
      BatchVersions batches,
      EndTransitions transitions,
      RefuseInUse refuse,
      ModelTransactions transactions) {
    this.find = find;
    this.models = models;
    this.batches = batches;
    this.transitions = transitions;
    this.refuse = refuse;
    this.transactions = transactions;
  }

  public Deleted delete(ModelId model, Optional<String> reason, String actor) {
    Set<VersionNumber> seen = transactions.call(() -> numbers(deletable(model)));
    refuse.served(model);
    return transactions.locked(
        model,
        () -> {
          List<VersionState> living = deletable(model);
          refuseNewer(model, living, seen);
          transitions.ofAll(model, "The model was deleted.");
          List<Deletion> first = batches.begin(BatchedChange.deletion(model, actor, reason));
          models.delete(model, transactions.now());
          transactions.record(
              "model.deleted", "models/" + model, Map.of("versions", living.size()));
          return new Deleted(first, living.size() - first.size());
        });
  }

  private List<VersionState> deletable(ModelId model) {
    find.model(model);
    refuse.onceInProduction(model);
    return batches.living(model);
  }

  private static Set<VersionNumber> numbers(List<VersionState> versions) {
    return versions.stream().map(VersionState::number).collect(Collectors.toSet());
  }

  private static void refuseNewer(
      ModelId model, List<VersionState> living, Set<VersionNumber> seen) {
    living.stream()
        .map(VersionState::number)
        .filter(number -> !seen.contains(number))
        .findFirst()
        .ifPresent(
            number -> {
              throw RefuseInUse.problem(
                  model, number, "Version %s was registered meanwhile.".formatted(number));
            });
  }

  /** Restores a model with those of its versions that were deleted with it. */
  public void restore(ModelId model, String actor) {
    transactions.runLocked(
        model,
        () -> {
          if (!models.isDeleted(model)) {
            find.model(model);
            throw new Problem(RegistryError.NOT_RESTORABLE, "Model " + model + " is not deleted.")
                .with("model_id", model);
          }
          models.restore(model);
          transactions.record("model.restored", "models/" + model, Map.of());
          batches.begin(BatchedChange.restore(model, actor));
        });
  }
}
