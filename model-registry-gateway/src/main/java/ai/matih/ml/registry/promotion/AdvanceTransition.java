package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.PlayGoldenRows;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.promotion.AskRouter.Answers;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the next step of an open transition: asks what has to be asked, has the integration tests
 * made when the version is deployed, and settles what can be settled. Running it twice does nothing
 * the second time.
 */
public final class AdvanceTransition {

  private static final Logger log = LoggerFactory.getLogger(AdvanceTransition.class);

  private record Seen(Transition transition, ModelVersion version, boolean played) {}

  private final Transitions transitions;
  private final Gate gate;
  private final AskRouter askRouter;
  private final PlayGoldenRows golden;
  private final PromotionSettings settings;
  private final ModelTransactions transactions;

  public AdvanceTransition(
      Transitions transitions,
      Gate gate,
      AskRouter askRouter,
      PlayGoldenRows golden,
      PromotionSettings settings,
      ModelTransactions transactions) {
    this.transitions = transitions;
    this.gate = gate;
    this.askRouter = askRouter;
    this.golden = golden;
    this.settings = settings;
    this.transactions = transactions;
  }

  public void advance(UUID id) {
    Optional<Seen> seen = transactions.call(() -> read(id));
    if (seen.isEmpty()) {
      return;
    }
    ModelVersion version = seen.get().version();
    Move move = Gate.move(seen.get().transition());
    Answers answers = askRouter.ask(move.asks(), version);
    if (move.needsIntegrationTests()
        && !seen.get().played()
        && answers.serving() instanceof Reply.Received<Serving>(Serving serving)
        && serving.ready()) {
      play(version, serving);
    }
    transactions.runLocked(
        version.model(),
        () ->
            transitions
                .find(id)
                .filter(transition -> !transition.state().isOver())
                .ifPresent(transition -> gate.settle(transition, answers)));
  }

  /** The next check is set before this one begins, so that news in between are not missed. */
  private Optional<Seen> read(UUID id) {
    transitions.dueIn(id, settings.checkEvery());
    return transitions
        .find(id)
        .filter(transition -> !transition.state().isOver())
        .map(
            transition -> {
              Facts facts = gate.facts(transition, Answers.NONE);
              boolean played =
                  facts
                      .latest(Evidence.PLATFORM_INTEGRATION, Evidence.Source.PLATFORM)
                      .filter(evidence -> IntegrationTestsPassed.isRecent(evidence, facts))
                      .isPresent();
              return new Seen(transition, facts.version(), played);
            });
  }

  private void play(ModelVersion version, Serving serving) {
    try {
      golden.play(version, serving);
    } catch (EngineFailure failure) {
      log.info("The golden rows of {} wait: {}", version.path(), failure.getMessage());
    }
  }
}
