package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.AskRouter.Answers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Asks for a move: made at once when everything is there, else a transition that waits. A dry run
 * takes the same way and stops before anything is stored.
 */
public final class PromoteVersion {

  /**
   * What is asked for.
   *
   * @param retiresModel whether the whole model goes with the version
   * @param key makes the repeat of one request find its first transition
   */
  public record Request(
      VersionNumber version,
      Stage target,
      Optional<String> reason,
      boolean dryRun,
      Requester requester,
      Optional<String> key,
      boolean retiresModel) {

    /** A move of this version alone. */
    public Request(
        VersionNumber version,
        Stage target,
        Optional<String> reason,
        boolean dryRun,
        Requester requester,
        Optional<String> key) {
      this(version, target, reason, dryRun, requester, key, false);
    }

    private Optional<Move> move(Stage from) {
      return retiresModel ? Optional.of(Moves.retirement(from)) : Moves.find(from, target);
    }
  }

  private final FindModel find;
  private final Transitions transitions;
  private final Gate gate;
  private final AskRouter askRouter;
  private final PromotionSettings settings;
  private final ModelTransactions transactions;

  public PromoteVersion(
      FindModel find,
      Transitions transitions,
      Gate gate,
      AskRouter askRouter,
      PromotionSettings settings,
      ModelTransactions transactions) {
    this.find = find;
    this.transitions = transitions;
    this.gate = gate;
    this.askRouter = askRouter;
    this.settings = settings;
    this.transactions = transactions;
  }

  /** The transition as it stands after the request; with a dry run, as it would stand. */
  public Transition promote(ModelId model, Request request) {
    ModelVersion seen = transactions.call(() -> find.version(model, request.version().value()));
    Set<Question> questions = request.move(seen.stage()).map(Move::asks).orElse(Set.of());
    Answers answers = askRouter.ask(questions, seen);
    return transactions.audited(
        model,
        request.retiresModel() ? "retirement.refused" : "promotion.refused",
        seen.path(),
        Map.of("target", request.target()),
        () -> decide(model, request, answers));
  }

  private Transition decide(ModelId model, Request request, Answers answers) {
    Optional<Transition> repeated =
        request
            .key()
            .filter(_ -> !request.dryRun())
            .flatMap(key -> transitions.ofRequest(model, request.requester().principal(), key));
    if (repeated.isPresent()) {
      return repeated.get();
    }
    find.active(model);
    ModelVersion version = find.version(model, request.version().value());
    if (request.move(version.stage()).isEmpty()) {
      throw illegal(version, request.target(), Moves.whyNot(version.stage(), request.target()));
    }
    Optional<Transition> open = transitions.open(model, request.version(), request.target());
    open.ifPresent(transition -> requireSameRequest(transition, request));
    Transition transition = open.orElseGet(() -> requested(version, request));
    Decision decision = gate.decide(transition, gate.facts(transition, answers));
    if (decision.refusal().isPresent()) {
      Condition bar = decision.refusal().get();
      throw illegal(version, request.target(), bar.message()).with("reason", bar.reason());
    }
    if (request.dryRun()) {
      return preview(transition.with(decision.conditions()), decision);
    }
    if (open.isEmpty()) {
      gate.open(transition.with(decision.conditions()));
    }
    return gate.settle(transition, answers);
  }

  private Transition preview(Transition transition, Decision decision) {
    return decision.completes()
        ? transition.end(
            TransitionState.COMPLETED, gate.now(), Gate.PLATFORM, "Every condition is met.")
        : transition;
  }

  private Transition requested(ModelVersion version, Request request) {
    Instant now = gate.now();
    return new Transition(
        UUID.randomUUID(),
        version.model(),
        version.number(),
        version.stage(),
        request.target(),
        request.retiresModel(),
        TransitionState.PENDING,
        request.requester(),
        request.key(),
        request.reason(),
        find.policy(version.model()).revision(),
        now,
        now.plus(settings.expiresAfter()),
        Optional.empty(),
        List.of(),
        List.of());
  }

  private static void requireSameRequest(Transition open, Request request) {
    if (open.retiresModel() != request.retiresModel()) {
      throw new Problem(
              RegistryError.TRANSITION_OPEN,
              open.retiresModel()
                  ? "%s asked at %s that the model be retired, which archives this version."
                      .formatted(open.requester().principal(), open.requestedAt())
                  : "%s asked at %s that version %s be archived; it has to end first."
                      .formatted(open.requester().principal(), open.requestedAt(), open.version()))
          .with("transition_id", open.id());
    }
    if (!open.requester().principal().equals(request.requester().principal())) {
      throw new Problem(
              RegistryError.TRANSITION_OPEN,
              "%s asked for this move at %s and it is still open."
                  .formatted(open.requester().principal(), open.requestedAt()))
          .with("transition_id", open.id());
    }
  }

  private static Problem illegal(ModelVersion version, Stage target, String why) {
    return new Problem(RegistryError.ILLEGAL_TRANSITION, why)
        .with("version", version.number())
        .with("from", version.stage().wire())
        .with("to", target.wire());
  }
}
