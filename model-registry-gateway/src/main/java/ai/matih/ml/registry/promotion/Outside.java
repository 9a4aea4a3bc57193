package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Asks others what the guards of a move need to know, before any transaction begins. */
final class Outside {

  /** What came back. */
  record Answers(Asked<Serving> serving, Asked<List<AbTest>> abTests, Asked<Previous> previous) {
    static final Answers NONE =
        new Answers(new Asked.NotAsked<>(), new Asked.NotAsked<>(), new Asked.NotAsked<>());
  }

  /** How the version was served that Production meant before, when it was asked. */
  record Previous(VersionNumber version, Serving serving) {}

  private final ServingRouter router;
  private final Versions versions;
  private final Transactions transactions;

  Outside(ServingRouter router, Versions versions, Transactions transactions) {
    this.router = router;
    this.versions = versions;
    this.transactions = transactions;
  }

  Answers ask(Set<Question> questions, ModelVersion version) {
    return new Answers(
        questions.contains(Question.SERVING)
            ? ask(() -> router.serving(version.model(), version.number()))
            : new Asked.NotAsked<>(),
        questions.contains(Question.AB_TESTS)
            ? ask(() -> router.abTests(version.model(), version.number()))
            : new Asked.NotAsked<>(),
        questions.contains(Question.PREVIOUS_SERVING) ? previous(version) : new Asked.NotAsked<>());
  }

  private Asked<Previous> previous(ModelVersion version) {
    Optional<VersionNumber> previous =
        transactions.call(
            () -> versions.supersededProduction(version.model()).map(ModelVersion::number));
    return previous.isEmpty()
        ? new Asked.NotAsked<>()
        : ask(() -> new Previous(previous.get(), router.serving(version.model(), previous.get())));
  }

  private static <T> Asked<T> ask(Supplier<T> question) {
    try {
      return new Asked.Answered<>(question.get());
    } catch (EngineFailure failure) {
      return new Asked.Silent<>(
          "%s gave no answer; it is asked again.".formatted(failure.engine()));
    }
  }
}
