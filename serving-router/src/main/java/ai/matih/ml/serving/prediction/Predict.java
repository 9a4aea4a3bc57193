package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.observation.FailedPrediction;
import ai.matih.ml.serving.observation.PredictionObservers;
import ai.matih.ml.serving.routing.RoutedModel;
import ai.matih.ml.serving.routing.Router;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the version, checks and completes the rows, scores them, and tells the observers. */
public final class Predict {

  private static final Logger log = LoggerFactory.getLogger(Predict.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Router router;
  private final PredictionInputs inputs;
  private final PredictionObservers observers;
  private final Clock clock;

  public Predict(
      Router router, PredictionInputs inputs, PredictionObservers observers, Clock clock) {
    this.router = router;
    this.inputs = inputs;
    this.observers = observers;
    this.clock = clock;
  }

  /**
   * Answers one request. May wait for features and for a place in the engine.
   *
   * @param requestId names the request, and is its unit when it names none itself
   * @param principal who asks; remembered only for pinned calls
   */
  public Prediction answer(Tenant tenant, String principal, String requestId, Question request) {
    return Objects.requireNonNull(answer(tenant, principal, requestId, request, true));
  }

  /**
   * Answers one request if that keeps its thread no longer than a small model computes; otherwise
   * it is empty, and as if nobody had asked.
   */
  public Optional<Prediction> answerAtOnce(
      Tenant tenant, String principal, String requestId, Question request) {
    return Optional.ofNullable(answer(tenant, principal, requestId, request, false));
  }

  private @Nullable Prediction answer(
      Tenant tenant, String principal, String requestId, Question request, boolean mayWait) {
    long started = System.nanoTime();
    @Nullable ChosenTarget target = null;
    try (RoutedModel routed = route(tenant, principal, requestId, request)) {
      target = routed.target();
      if (!mayWait
          && (!routed.quick() || !request.entitiesFor(routed.model().signature()).isEmpty())) {
        return null;
      }
      PredictionInput input = inputs.of(request, routed.model().signature(), routed.inputs());
      if (!mayWait && !routed.limit().tryEnter()) {
        return null;
      }
      if (mayWait && !routed.limit().enter()) {
        throw new Problem(
                ServingError.OVERLOADED, "This router is at its limit of predictions; try again.")
            .retryAfter(RETRY_AFTER);
      }
      long entered = System.nanoTime();
      Scores scores = score(routed, input.batch());
      long ended = System.nanoTime();
      Duration latency = Duration.ofNanos(ended - started);
      observers.answered(
          new AnsweredPrediction(
              tenant,
              request.model(),
              requestId,
              request.unitId().isPresent(),
              target,
              input.batch(),
              scores,
              latency,
              Duration.ofNanos(ended - entered),
              clock.millis()));
      return new Prediction(requestId, request.model(), target, scores, input.absent(), latency);
    } catch (Problem refused) {
      observers.failed(new FailedPrediction(tenant, request.model(), target, refused));
      throw refused;
    }
  }

  private RoutedModel route(Tenant tenant, String principal, String requestId, Question request) {
    return request.pinnedVersion().isPresent()
        ? router.pinned(tenant, request.model(), request.pinnedVersion().get(), principal)
        : router.assigned(tenant, request.model(), request.unitId().orElse(requestId));
  }

  /** In a place of the engine, which is given back. An engine elsewhere may not answer. */
  private static Scores score(RoutedModel routed, Batch batch) {
    try {
      return routed.model().score(batch);
    } catch (ScoringFailed e) {
      throw new Problem(
          ServingError.SCORING_FAILED,
          "Version %d could not compute an answer for these values."
              .formatted(routed.target().version()));
    } catch (EngineFailure away) {
      log.info("version {} gets no answer: {}", routed.target().version(), away.getMessage());
      throw new Problem(
              ServingError.ENGINE_AWAY,
              "The engine of version %d gave no answer; try again."
                  .formatted(routed.target().version()))
          .retryAfter(RETRY_AFTER);
    } finally {
      routed.limit().leave();
    }
  }
}
