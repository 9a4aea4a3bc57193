package ai.matih.ml.registry.retention;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.Transactions;
import ai.matih.ml.registry.artifact.Digest;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.Mark;
import ai.matih.ml.registry.promotion.EndTransitions;
import ai.matih.ml.registry.promotion.StageEvents;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.retention.Deletion.Cause;
import ai.matih.ml.registry.retention.Deletion.State;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes versions and models so that they can be restored for a while, and restores them.
 *
 * <p>What serves or ever was in Production is never deleted: its evidence and its files are what an
 * auditor asks for. The router is asked before the transaction; whoever deploys afterwards hears
 * from this registry that the version is gone, and files are not removed before the router was
 * asked again.
 */
public final class DeleteVersions {

  /** The router is asked about each of them. */
  private static final int MOST_VERSIONS = 100;

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

  public List<Deletion> deleteModel(ModelId model, Optional<String> reason, String actor) {
    List<Mark> seen =
        transactions.call(
            () -> {
              find.model(model);
              List<Mark> living = living(model);
              living.forEach(mark -> refuseProduction(model, mark.number()));
              return living;
            });
    if (seen.size() > MOST_VERSIONS) {
      throw new Problem(
              RegistryError.IN_USE,
              "Model %s has %d versions. Delete versions, by hand or by its retention, until %d are left."
                  .formatted(model, seen.size(), MOST_VERSIONS))
          .with("model_id", model)
          .with("versions", seen.size());
    }
    seen.forEach(mark -> refuseTraffic(model, mark.number()));
    return transactions.call(
        () -> {
          models.lock(model);
          find.model(model);
          List<Deletion> made = new ArrayList<>();
          for (Mark mark : living(model)) {
            if (seen.stream().noneMatch(asked -> asked.number().equals(mark.number()))) {
              throw new Problem(
                      RegistryError.IN_USE,
                      "Version %s was registered meanwhile.".formatted(mark.number()))
                  .with("version", mark.number());
            }
            made.add(store(model, mark.number(), mark.digest(), reason, actor, Cause.MODEL));
          }
          models.delete(model, now());
          audit.record("model.deleted", "models/" + model, Map.of("versions", made.size()));
          events.mirror(model);
          return made;
        });
  }

  private List<Mark> living(ModelId model) {
    return versions.marks(model).stream().filter(mark -> !mark.deleted()).toList();
  }

  private Deletion store(
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
        .filter(spell -> spell.stage() == Stage.PRODUCTION)
        .findFirst()
        .ifPresent(
            spell -> {
              throw inUse(
                  model,
                  version,
                  "Version %s went into Production at %s; what served is kept for ever."
                      .formatted(version, spell.from()));
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

  /** Brings back a model with those of its versions that were deleted with it. */
  public void restoreModel(ModelId model) {
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
          deletions.waiting(model).stream()
              .filter(deletion -> deletion.cause() == Cause.MODEL)
              .filter(deletion -> versions.holdFiles(deletion.digest(), deletion.deletedAt()))
              .forEach(this::bringBack);
          events.mirror(model);
        });
  }

  private void bringBack(Deletion deletion) {
    ModelId model = deletion.model();
    int number = deletion.version().value();
    if (deletion.state() != State.WAITING
        || !versions.holdFiles(deletion.digest(), deletion.deletedAt())) {
      throw notRestorable(
          model, number, "The files of version %d are gone. Register its run again.");
    }
    if (!versions.restore(model, deletion.version())) {
      throw notRestorable(model, number, "The run of version %d was registered again meanwhile.");
    }
    deletions.restored(deletion.id(), now());
    audit.record("version.restored", path(model, deletion.version()), Map.of());
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
