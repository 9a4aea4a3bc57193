package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.engine.Standing;
import ai.matih.ml.serving.rollout.StageObjection;
import ai.matih.ml.serving.traffic.StageRule;

/**
 * Decides whether a version may be deployed as ordered: the registry knows it, the engine takes it,
 * and its stage allows the share. Asks the registry, so never inside a transaction.
 */
public final class AdmitVersion {

  private final Registry registry;
  private final Engines engines;
  private final StageRule rule;

  public AdmitVersion(Registry registry, Engines engines, StageRule rule) {
    this.registry = registry;
    this.engines = engines;
    this.rule = rule;
  }

  /**
   * A version that may be deployed.
   *
   * @param proven whether its files are known to run on the engine
   */
  public record Admitted(RegisteredVersion registered, EngineName engine, boolean proven) {}

  /** The version on this engine, or a refusal with its reason. */
  Admitted admit(DeployOrder order, EngineName engine) {
    RegisteredVersion registered =
        registry
            .version(order.model(), order.version())
            .orElseThrow(
                () ->
                    new Problem(
                            ServingError.VERSION_NOT_FOUND,
                            "The registry knows no version %d of %s."
                                .formatted(order.version(), order.model()))
                        .with("model_id", order.model().value())
                        .with("version", order.version()));
    Standing standing = engines.require(engine).standing(registered.forms());
    standing
        .objection()
        .ifPresent(
            objection -> {
              throw new Problem(ServingError.ENGINE_BARRED, objection);
            });
    refuseByStage(registered, order);
    return new Admitted(registered, engine, standing.proven());
  }

  private void refuseByStage(RegisteredVersion registered, DeployOrder order) {
    if (registered.stage() == Stage.ARCHIVED) {
      throw new Problem(
          ServingError.STAGE_FORBIDS,
          "Version %d is Archived: it is not served any more.".formatted(registered.version()));
    }
    StageObjection.to(rule, registered.version(), registered.stage(), order.share())
        .ifPresent(
            objection -> {
              throw new Problem(ServingError.STAGE_FORBIDS, objection)
                  .with("stage", registered.stage().wireName());
            });
  }
}
