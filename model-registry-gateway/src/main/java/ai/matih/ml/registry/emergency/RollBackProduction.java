package ai.matih.ml.registry.emergency;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.PromoteVersion;
import ai.matih.ml.registry.promotion.Requester;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.Transitions;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Puts the previous Production version back, stage and traffic together. The stages move through
 * the gate like every other move; the traffic follows, at once or as soon as the router answers.
 */
public final class RollBackProduction {

  /**
   * What is asked for.
   *
   * @param key makes the repeat of one request find its first roll-back
   */
  public record Request(String reason, boolean dryRun, Requester requester, Optional<String> key) {}

  /**
   * @param transition as it is, or with a dry run as it would be
   * @param rollback absent in the answer to a dry run
   */
  public record Result(Transition transition, VersionNumber to, Optional<Rollback> rollback) {}

  private final FindModel find;
  private final Versions versions;
  private final Transitions transitions;
  private final Rollbacks rollbacks;
  private final PromoteVersion promote;
  private final MoveTraffic traffic;
  private final ModelTransactions transactions;

  public RollBackProduction(
      FindModel find,
      Versions versions,
      Transitions transitions,
      Rollbacks rollbacks,
      PromoteVersion promote,
      MoveTraffic traffic,
      ModelTransactions transactions) {
    this.find = find;
    this.versions = versions;
    this.transitions = transitions;
    this.rollbacks = rollbacks;
    this.promote = promote;
    this.traffic = traffic;
    this.transactions = transactions;
  }

  public Result rollBack(ModelId model, Request request) {
    Optional<Result> made = transactions.call(() -> madeBefore(model, request));
    if (made.isPresent()) {
      return made.get();
    }
    Optional<ModelVersion> current = transactions.call(() -> current(model));
    Optional<VersionNumber> previous =
        transactions.call(() -> versions.supersededProduction(model).map(ModelVersion::number));
    if (current.isEmpty() || previous.isEmpty()) {
      String why = "Model %s has no previous version in Production to go back to.".formatted(model);
      transactions.refused("rollback.refused", "models/" + model, Map.of("reason", why));
      throw new Problem(RegistryError.NOTHING_TO_ROLL_BACK_TO, why);
    }
    Transition transition =
        promote.promote(
            model,
            new PromoteVersion.Request(
                current.get().number(),
                Stage.STAGING,
                Optional.of(request.reason()),
                request.dryRun(),
                request.requester(),
                key(request)));
    if (request.dryRun()) {
      return new Result(transition, previous.get(), Optional.empty());
    }
    Rollback started = transactions.call(() -> of(transition));
    traffic.advance(started.id());
    return transactions.call(() -> result(transition));
  }

  private Optional<ModelVersion> current(ModelId model) {
    find.model(model);
    return versions.currentProduction(model);
  }

  private Optional<Result> madeBefore(ModelId model, Request request) {
    find.model(model);
    return key(request)
        .filter(_ -> !request.dryRun())
        .flatMap(key -> transitions.ofRequest(model, request.requester().principal(), key))
        .or(() -> stillMoving(model, request))
        .map(this::result);
  }

  /** Who asks again before the traffic has followed means the same roll-back, not one more. */
  private Optional<Transition> stillMoving(ModelId model, Request request) {
    return rollbacks
        .moving(model)
        .filter(_ -> !request.dryRun())
        .filter(rollback -> rollback.by().equals(request.requester().principal()))
        .flatMap(rollback -> transitions.find(model, rollback.transition()));
  }

  private Result result(Transition transition) {
    Rollback rollback = of(transition);
    return new Result(transition, rollback.to(), Optional.of(rollback));
  }

  private Rollback of(Transition transition) {
    return rollbacks
        .ofTransition(transition.id())
        .orElseThrow(
            () ->
                new Problem(
                    RegistryError.TRANSITION_CLOSED,
                    transition.ended().map(Transition.Ended::reason).orElse("It has ended.")));
  }

  public Rollback find(ModelId model, UUID id) {
    find.model(model);
    return rollbacks
        .find(id)
        .filter(rollback -> rollback.model().equals(model))
        .orElseThrow(
            () ->
                new Problem(
                        RegistryError.ROLLBACK_NOT_FOUND,
                        "Model %s has no roll-back %s.".formatted(model, id))
                    .with("rollback_id", id));
  }

  /** Keys of promotions and of roll-backs are different keys. */
  private static Optional<String> key(Request request) {
    return request.key().map(key -> "rollback " + key);
  }
}
