package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.ModelVersion;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Asks others what the guards of a move need to know, before any transaction begins. */
final class Outside {

  /** What came back. */
  record Answers(Asked<Serving> serving, Asked<List<AbTest>> abTests) {
    static final Answers NONE = new Answers(new Asked.NotAsked<>(), new Asked.NotAsked<>());
  }

  private final ServingRouter router;

  Outside(ServingRouter router) {
    this.router = router;
  }

  Answers ask(Set<Question> questions, ModelVersion version) {
    return new Answers(
        questions.contains(Question.SERVING)
            ? ask(() -> router.serving(version.model(), version.number()))
            : new Asked.NotAsked<>(),
        questions.contains(Question.AB_TESTS)
            ? ask(() -> router.abTests(version.model(), version.number()))
            : new Asked.NotAsked<>());
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
