package ai.matih.ml.registry.retention;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.StageEvents;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.retention.Deletion.Cause;
import ai.matih.ml.registry.retention.Deletion.State;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes versions so that they can be restored for a while, and restores them.
 *
 * <p>What serves or ever was in Production is never deleted: its evidence and its files are what an
 * auditor asks for. The router is asked before the transaction; whoever deploys afterwards hears
 * from this registry that the version is gone, and files are not removed before the router was
 * asked again.
 */
public final class DeleteVersions {

  private final FindModel find;
  private final Models models;
  private final Versions versions;
  private final Deletions deletions;
  private final StageHistory history;
  private final EndTransitions transitions;
  private final StageEvents events;
  private final ServingRouter router;
  private final Audit audit;
  private final Transactions transactions;
  private final RetentionSettings settings;
  private final Clock clock;

  public DeleteVersions(
      FindModel find,
      Models models,
      Versions versions,
      Deletions deletions,
      StageHistory history,
      EndTransitions transitions,
      StageEvents events,
      ServingRouter router,
      Audit audit,
      Transactions transactions,
      RetentionSettings settings,
      Clock clock) {
    this.find = find;
    this.models = models;
    this.versions = versions;
    this.deletions = deletions;
    this.history = history;
    this.transitions = transitions;
    this.events = events;
    this.router = router;
    this.audit = audit;
    this.transactions = transactions;
    this.settings = settings;
    this.clock = clock;
  }

  public Deletion delete(
      ModelId model, int number, Optional<String> reason, String actor, Cause cause) {
    VersionNumber version =
        transactions.call(
            () -> {
              VersionNumber found = find.version(model, number).number();
              refuseProduction(model, found);
              return found;
            });
    refuseTraffic(model, version);
    return transactions.call(
        () -> {
          models.lock(model);
          Digest digest = find.version(model, number).bundle().digest();
          Deletion deletion = store(model, version, digest, reason, actor, cause);
          events.mirror(model);
          return deletion;
        });
  }

  /** Works in the caller's transaction, which holds the model's lock and asked the router. */
  Deletion store(
      ModelId model,
      VersionNumber version,
      Digest digest,
      Optional<String> reason,
      String actor,
      Cause cause) {
    refuseProduction(model, version);
    Instant now = now();
    Deletion deletion =
        new Deletion(
            UUID.randomUUID(),
            model,
            version,
            digest,
            cause,
            State.WAITING,
            actor,
            reason,
            now,
            now.plus(settings.gracePeriod()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    transitions.of(model, version, "The version was deleted.");
    versions.delete(model, version, now);
    deletions.add(deletion);
    audit.record(
        "version.deleted",
        path(model, version),
        Map.of("cause", cause, "artifact", digest, "reason", reason.orElse("")));
    return deletion;
  }

  private void refuseProduction(ModelId model, VersionNumber version) {
    history.of(model, version).stream()
        .filter(period -> period.stage() == Stage.PRODUCTION)
        .findFirst()
        .ifPresent(
            period -> {
              throw inUse(
                  model,
                  version,
                  "Version %s went into Production at %s; what served is kept for ever."
                      .formatted(version, period.from()));
            });
  }

  private void refuseTraffic(ModelId model, VersionNumber version) {
    Serving serving = router.serving(model, version);
    if (isUsed(serving)) {
      throw inUse(
          model,
          version,
          "Version %s is deployed (%s). End its deployments first."
              .formatted(version, String.join(", ", serving.deployments())));
    }
  }

  static boolean isUsed(Serving serving) {
    return !serving.deployments().isEmpty()
        || serving.weightBps() > 0
        || serving.inFlight() > 0
        || !serving.acknowledged();
  }

  private static Problem inUse(ModelId model, VersionNumber version, String why) {
    return new Problem(RegistryError.IN_USE, why).with("model_id", model).with("version", version);
  }

  public Deletion restore(ModelId model, int number) {
    return transactions.call(
        () -> {
          models.lock(model);
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
          bringBack(deletion);
          events.mirror(model);
          return deletions.find(deletion.id()).orElseThrow();
        });
  }

  private void bringBack(Deletion deletion) {
    comeBack(deletion)
        .ifPresent(
            why -> {
              throw notRestorable(deletion.model(), deletion.version().value(), why);
            });
  }

  /**
   * Brings a version back, or says why it is too late. Works in the caller's transaction, which
   * holds the model's lock.
   */
  Optional<String> comeBack(Deletion deletion) {
    ModelId model = deletion.model();
    if (deletion.state() != State.WAITING
        || !versions.holdFiles(deletion.digest(), deletion.deletedAt())) {
      return Optional.of("The files of version %d are gone. Register its run again.");
    }
    if (!versions.restore(model, deletion.version())) {
      return Optional.of("The run of version %d was registered again meanwhile.");
    }
    deletions.restored(deletion.id(), now());
    audit.record("version.restored", path(model, deletion.version()), Map.of());
    return Optional.empty();
  }

  private static Problem notRestorable(ModelId model, int number, String why) {
    return new Problem(RegistryError.NOT_RESTORABLE, why.formatted(number))
        .with("model_id", model)
        .with("version", number);
  }

  private static String path(ModelId model, VersionNumber version) {
    return "models/" + model + "/versions/" + version;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
