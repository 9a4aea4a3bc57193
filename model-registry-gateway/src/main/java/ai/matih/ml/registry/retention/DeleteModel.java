package ai.matih.ml.registry.retention;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.InService;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.VersionState;
import ai.matih.ml.registry.promotion.StageEvents;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.retention.Deletion.Cause;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Deletes a model with its versions, and restores both.
 *
 * <p>The model goes or comes back at once, and with it everything that answers for it; so nothing
 * can be registered, promoted or deployed of it from that moment on. Its versions follow in
 * batches, each a transaction: one for thousands would hold the model and the tenant's audit chain
 * for as long as it takes. The first batch is in the transaction of the model itself. Whoever dies
 * in between is followed by somebody who goes on.
 */
public final class DeleteModel {

  static final int BATCH = 100;

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
  private final Versions versions;
  private final Deletions deletions;
  private final DeleteVersions each;
  private final StageHistory history;
  private final EndTransitions transitions;
  private final StageEvents events;
  private final ServingRouter router;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  public DeleteModel(
      FindModel find,
      Models models,
      Versions versions,
      Deletions deletions,
      DeleteVersions each,
      StageHistory history,
      EndTransitions transitions,
      StageEvents events,
      ServingRouter router,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    this.find = find;
    this.models = models;
    this.versions = versions;
    this.deletions = deletions;
    this.each = each;
    this.history = history;
    this.transitions = transitions;
    this.events = events;
    this.router = router;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public Deleted delete(ModelId model, Optional<String> reason, String actor) {
    Set<VersionNumber> seen =
        transactions.call(
            () -> {
              find.model(model);
              refuseProduction(model);
              Set<VersionNumber> numbers = new HashSet<>();
              living(model).forEach(version -> numbers.add(version.number()));
              return numbers;
            });
    refuseTraffic(model);
    return transactions.call(
        () -> {
          models.lock(model);
          find.model(model);
          refuseProduction(model);
          List<VersionState> living = living(model);
          refuseNewer(model, living, seen);
          transitions.ofAll(model, "The model was deleted.");
          List<Deletion> first = deleteNext(living, model, reason, actor);
          models.delete(model, clock.instant().truncatedTo(ChronoUnit.MICROS));
          audit.record("model.deleted", "models/" + model, Map.of("versions", living.size()));
          int remaining = living.size() - first.size();
          if (remaining > 0) {
            deletions.startBatches(BatchedChange.deletion(model, actor, reason));
          } else {
            deletions.endBatches(model);
          }
          events.mirror(model);
          return new Deleted(first, remaining);
        });
  }

  /** Brings back a model with those of its versions that were deleted with it. */
  public void restore(ModelId model, String actor) {
    transactions.run(
        () -> {
          models.lock(model);
          if (!models.isDeleted(model)) {
            find.model(model);
            throw new Problem(RegistryError.NOT_RESTORABLE, "Model " + model + " is not deleted.")
                .with("model_id", model);
          }
          models.restore(model);
          audit.record("model.restored", "models/" + model, Map.of());
          BatchedChange restore = BatchedChange.restore(model, actor);
          deletions.startBatches(restore);
          restoreNext(restore);
        });
  }

  /** Deletes or restores the next batch of versions of a model. */
  public void nextBatch(UUID id) {
    Optional<ModelId> model =
        transactions.call(() -> deletions.batches(id).map(BatchedChange::model));
    if (model.isEmpty()) {
      return;
    }
    transactions.run(
        () -> {
          models.lock(model.get());
          // Whoever deletes or restores the model meanwhile makes another one of it.
          deletions
              .batches(id)
              .ifPresent(
                  open -> {
                    if (open.restoring()) {
                      restoreNext(open);
                    } else {
                      deleteNext(open);
                    }
                  });
        });
  }

  private void deleteNext(BatchedChange deletion) {
    List<VersionState> living = living(deletion.model());
    deleteNext(living, deletion.model(), deletion.reason(), deletion.askedBy());
    if (living.size() <= BATCH) {
      deletions.endBatches(deletion.model());
    }
    events.mirror(deletion.model());
  }

  private List<Deletion> deleteNext(
      List<VersionState> living, ModelId model, Optional<String> reason, String actor) {
    return living.stream()
        .limit(BATCH)
        .map(
            version ->
                each.store(model, version.number(), version.digest(), reason, actor, Cause.MODEL))
        .toList();
  }

  /** What cannot come back any more stays deleted; it holds up nobody. */
  private void restoreNext(BatchedChange restore) {
    int after = restore.after().map(VersionNumber::value).orElse(0);
    List<Deletion> next =
        deletions.waiting(restore.model()).stream()
            .filter(deletion -> deletion.cause() == Cause.MODEL)
            .filter(deletion -> deletion.version().value() > after)
            .limit(BATCH)
            .toList();
    next.forEach(each::comeBack);
    if (next.size() < BATCH) {
      deletions.endBatches(restore.model());
    } else {
      deletions.advanceBatches(restore.after(next.getLast().version()));
    }
    events.mirror(restore.model());
  }

  private List<VersionState> living(ModelId model) {
    return versions.states(model).stream().filter(version -> !version.deleted()).toList();
  }

  private void refuseProduction(ModelId model) {
    history
        .firstIn(model, Stage.PRODUCTION)
        .ifPresent(
            period -> {
              throw inUse(
                  model,
                  period.version(),
                  "Version %s went into Production at %s; what served is kept for ever."
                      .formatted(period.version(), period.from()));
            });
  }

  private void refuseTraffic(ModelId model) {
    InService served = router.inService(model);
    if (!served.versions().isEmpty()) {
      VersionNumber version = served.versions().getFirst();
      throw inUse(
          model, version, "Version %s is deployed. End its deployments first.".formatted(version));
    }
    if (!served.acknowledged()) {
      throw new Problem(
              RegistryError.IN_USE, "Not every router has let the model's traffic go yet.")
          .with("model_id", model);
    }
  }

  private static void refuseNewer(
      ModelId model, List<VersionState> living, Set<VersionNumber> seen) {
    living.stream()
        .map(VersionState::number)
        .filter(number -> !seen.contains(number))
        .findFirst()
        .ifPresent(
            number -> {
              throw inUse(model, number, "Version %s was registered meanwhile.".formatted(number));
            });
  }

  private static Problem inUse(ModelId model, VersionNumber version, String why) {
    return new Problem(RegistryError.IN_USE, why).with("model_id", model).with("version", version);
  }
}
