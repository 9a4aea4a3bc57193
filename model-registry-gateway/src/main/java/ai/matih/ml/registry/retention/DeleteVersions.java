package ai.matih.ml.registry.retention;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StageEvents;
import ai.matih.ml.registry.retention.Deletion.Cause;
import java.util.Optional;

/**
 * Deletes versions so that they can be restored for a while, and restores them.
 *
 * <p>Whoever deploys after the router was asked hears from this registry that the version is gone,
 * and files are not removed before the router was asked again.
 */
public final class DeleteVersions {

  private final FindModel find;
  private final Deletions deletions;
  private final RecordDeletion record;
  private final RefuseInUse refuse;
  private final StageEvents events;
  private final ModelTransactions transactions;

  public DeleteVersions(
      FindModel find,
      Deletions deletions,
      RecordDeletion record,
      RefuseInUse refuse,
      StageEvents events,
      ModelTransactions transactions) {
    this.find = find;
    this.deletions = deletions;
    this.record = record;
    this.refuse = refuse;
    this.events = events;
    this.transactions = transactions;
  }

  public Deletion delete(
      ModelId model, int number, Optional<String> reason, String actor, Cause cause) {
    VersionNumber version =
        transactions.call(
            () -> {
              VersionNumber found = find.version(model, number).number();
              refuse.onceInProduction(model, found);
              return found;
            });
    refuse.served(model, version);
    return transactions.locked(
        model,
        () -> {
          Digest digest = find.version(model, number).bundle().digest();
          refuse.onceInProduction(model, version);
          Deletion deletion = record.delete(model, version, digest, reason, actor, cause);
          events.mirror(model);
          return deletion;
        });
  }

  public Deletion restore(ModelId model, int number) {
    return transactions.locked(
        model,
        () -> {
          find.model(model);
          Deletion deletion =
              Optional.of(number)
                  .filter(n -> n > 0)
                  .flatMap(n -> deletions.of(model, new VersionNumber(n)))
                  .orElseThrow(
                      () -> {
                        find.version(model, number);
                        return notRestorable(model, number, "Version %d is not deleted.");
                      });
          record
              .restore(deletion)
              .ifPresent(
                  why -> {
                    throw notRestorable(model, number, why);
                  });
          events.mirror(model);
          return deletions.find(deletion.id()).orElseThrow();
        });
  }

  private static Problem notRestorable(ModelId model, int number, String why) {
    return new Problem(RegistryError.NOT_RESTORABLE, why.formatted(number))
        .with("model_id", model)
        .with("version", number);
  }
}
