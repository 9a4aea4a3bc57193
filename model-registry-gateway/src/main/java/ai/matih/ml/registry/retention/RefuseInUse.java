package ai.matih.ml.registry.retention;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.InService;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.promotion.StagePeriod;

/**
 * Refuses to delete what is served or ever was in Production: its evidence and its files are what
 * an auditor asks for. The router is asked before the transaction.
 */
public final class RefuseInUse {

  private final StageHistory history;
  private final ServingRouter router;

  public RefuseInUse(StageHistory history, ServingRouter router) {
    this.history = history;
    this.router = router;
  }

  void onceInProduction(ModelId model, VersionNumber version) {
    history.of(model, version).stream()
        .filter(period -> period.stage() == Stage.PRODUCTION)
        .findFirst()
        .ifPresent(RefuseInUse::refuse);
  }

  void onceInProduction(ModelId model) {
    history.firstIn(model, Stage.PRODUCTION).ifPresent(RefuseInUse::refuse);
  }

  private static void refuse(StagePeriod period) {
    throw problem(
        period.model(),
        period.version(),
        "Version %s went into Production at %s; what served is kept for ever."
            .formatted(period.version(), period.from()));
  }

  void served(ModelId model, VersionNumber version) {
    Serving serving = router.serving(model, version);
    if (isServed(serving)) {
      throw problem(
          model,
          version,
          "Version %s is deployed (%s). End its deployments first."
              .formatted(version, String.join(", ", serving.deployments())));
    }
  }

  void served(ModelId model) {
    InService served = router.inService(model);
    if (!served.versions().isEmpty()) {
      VersionNumber version = served.versions().getFirst();
      throw problem(
          model, version, "Version %s is deployed. End its deployments first.".formatted(version));
    }
    if (!served.acknowledged()) {
      throw new Problem(
              RegistryError.IN_USE, "Not every router has let the model's traffic go yet.")
          .with("model_id", model);
    }
  }

  boolean isServed(Deletion deletion) {
    return isServed(router.serving(deletion.model(), deletion.version()));
  }

  private static boolean isServed(Serving serving) {
    return !serving.deployments().isEmpty()
        || serving.weightBps() > 0
        || serving.inFlight() > 0
        || !serving.acknowledged();
  }

  static Problem problem(ModelId model, VersionNumber version, String why) {
    return new Problem(RegistryError.IN_USE, why).with("model_id", model).with("version", version);
  }
}
