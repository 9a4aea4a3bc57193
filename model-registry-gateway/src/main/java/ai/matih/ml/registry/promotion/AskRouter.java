package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.InService;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.evidence.ServingRouter.ShadowComparison;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Asks others what the guards of a move need to know, before any transaction begins. */
public final class AskRouter {

  /** What came back. */
  public record Answers(
      Reply<Serving> serving,
      Reply<List<AbTest>> abTests,
      Reply<List<ShadowComparison>> shadows,
      Reply<Previous> previous,
      Reply<InService> inService) {
    public static final Answers NONE =
        new Answers(
            new Reply.NotAsked<>(),
            new Reply.NotAsked<>(),
            new Reply.NotAsked<>(),
            new Reply.NotAsked<>(),
            new Reply.NotAsked<>());
  }

  /** How the version was served that Production meant before, when it was asked. */
  public record Previous(VersionNumber version, Serving serving) {}

  private final ServingRouter router;
  private final FindModel find;
  private final Versions versions;
  private final Transactions transactions;

  public AskRouter(
      ServingRouter router, FindModel find, Versions versions, Transactions transactions) {
    this.router = router;
    this.find = find;
    this.versions = versions;
    this.transactions = transactions;
  }

  /** What the guards of a transition's move need to know. */
  public Answers ask(Transition transition) {
    ModelVersion version =
        transactions.call(() -> find.version(transition.model(), transition.version().value()));
    return ask(Gate.move(transition).asks(), version);
  }

  Answers ask(Set<Question> questions, ModelVersion version) {
    return new Answers(
        questions.contains(Question.SERVING)
            ? ask(() -> router.serving(version.model(), version.number()))
            : new Reply.NotAsked<>(),
        questions.contains(Question.AB_TESTS)
            ? ask(() -> router.abTests(version.model(), version.number()))
            : new Reply.NotAsked<>(),
        questions.contains(Question.SHADOWS)
            ? ask(() -> router.shadows(version.model()))
            : new Reply.NotAsked<>(),
        questions.contains(Question.PREVIOUS_SERVING) ? previous(version) : new Reply.NotAsked<>(),
        questions.contains(Question.IN_SERVICE)
            ? ask(() -> router.inService(version.model()))
            : new Reply.NotAsked<>());
  }

  private Reply<Previous> previous(ModelVersion version) {
    Optional<VersionNumber> previous =
        transactions.call(
            () -> versions.supersededProduction(version.model()).map(ModelVersion::number));
    return previous.isEmpty()
        ? new Reply.NotAsked<>()
        : ask(() -> new Previous(previous.get(), router.serving(version.model(), previous.get())));
  }

  private static <T> Reply<T> ask(Supplier<T> question) {
    try {
      return new Reply.Received<>(question.get());
    } catch (EngineFailure failure) {
      return new Reply.Unavailable<>(
          "%s gave no answer; it is asked again.".formatted(failure.engine()));
    }
  }
}
