package ai.matih.ml.serving.deployment;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineSupport;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.engine.ScoringEngine;
import ai.matih.ml.serving.rollout.StageObjection;
import ai.matih.ml.serving.traffic.StageRule;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a version may be deployed as ordered: the registry knows it, the engine takes it,
 * and its stage allows the share. Asks the registry, so never inside a transaction.
 */
public final class AdmitVersion {

  private final Registry registry;
  private final Engines engines;
  private final StageRule rule;
  private final TrafficDocuments documents;

  public AdmitVersion(
      Registry registry, Engines engines, StageRule rule, TrafficDocuments documents) {
    this.registry = registry;
    this.engines = engines;
    this.rule = rule;
    this.documents = documents;
  }

  /**
   * A version that may be deployed.
   *
   * @param proven whether its files are known to run on the engine
   * @param change how its inputs differ from those of the other versions that get traffic; empty
   *     when no other does
   */
  public record Admitted(
      RegisteredVersion registered,
      EngineName engine,
      boolean proven,
      Optional<InputChange> change) {}

  /**
   * The version on this engine, or a refusal with its reason.
   *
   * @param named empty for the first of the engines that takes the version
   */
  Admitted admit(DeploymentRequest request, Optional<EngineName> named) {
    RegisteredVersion registered =
        registry
            .version(request.model(), request.version())
            .orElseThrow(
                () ->
                    new Problem(
                            ServingError.VERSION_NOT_FOUND,
                            "The registry knows no version %d of %s."
                                .formatted(request.version(), request.model()))
                        .with("model_id", request.model().value())
                        .with("version", request.version()));
    EngineName engine = named.orElseGet(() -> engines.firstFor(registered.forms()));
    refuseHosting(request, engines.require(engine));
    EngineSupport support = engines.require(engine).support(registered.forms());
    support
        .objection()
        .ifPresent(
            objection -> {
              throw new Problem(ServingError.ENGINE_BARRED, objection);
            });
    refuseByStage(registered, request);
    refuseDefaults(registered, request);
    return new Admitted(registered, engine, support.proven(), change(registered));
  }

  private static void refuseHosting(DeploymentRequest request, ScoringEngine engine) {
    if (!request.hosting().isNone() && !engine.startsReplicas()) {
      throw Problem.invalid(
          "replicas",
          "and resources do not go with %s, which starts no copies of a model; leave them out"
              .formatted(engine.name()));
    }
  }

  private static void refuseDefaults(RegisteredVersion registered, DeploymentRequest request) {
    if (request.inputs().isPresent() && registered.signature().isPresent()) {
      List<Violation> violations = request.inputs().get().violations(registered.signature().get());
      if (!violations.isEmpty()) {
        throw Problem.invalid(violations);
      }
    }
  }

  /** A signature that cannot be read says nothing about a change. */
  private Optional<InputChange> change(RegisteredVersion registered) {
    List<Signature> others =
        documents.current(registered.model()).stream()
            .flatMap(traffic -> traffic.split().targets().stream())
            .filter(target -> target.version() != registered.version())
            .filter(target -> target.weight().bps() > 0)
            .flatMap(target -> registry.version(registered.model(), target.version()).stream())
            .flatMap(other -> other.signature().stream())
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : registered.signature().map(signature -> InputChange.of(signature, others));
  }

  private void refuseByStage(RegisteredVersion registered, DeploymentRequest request) {
    if (registered.stage() == Stage.ARCHIVED) {
      throw new Problem(
          ServingError.STAGE_FORBIDS,
          "Version %d is Archived: it is not served any more.".formatted(registered.version()));
    }
    if (request.shadow().isPresent() && registered.stage() == Stage.DEVELOPMENT) {
      throw new Problem(
              ServingError.STAGE_FORBIDS,
              "Version %d is in Development: it answers pinned calls only. Promote it to Staging for a shadow."
                  .formatted(registered.version()))
          .with("stage", registered.stage().wireName());
    }
    StageObjection.to(rule, registered.version(), registered.stage(), request.share())
        .ifPresent(
            objection -> {
              throw new Problem(ServingError.STAGE_FORBIDS, objection)
                  .with("stage", registered.stage().wireName());
            });
  }
}
