package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.abtest.Exposure;
import ai.matih.ml.serving.abtest.ExposureBuffer;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.FeatureSource;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.Signature;
import ai.matih.ml.serving.routing.RoutedModel;
import ai.matih.ml.serving.routing.Router;
import ai.matih.ml.serving.traffic.TestArm;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the version, checks and completes the rows, scores them. Only the feature store is ever
 * asked, if anybody.
 */
public final class Predict {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Router router;
  private final FeatureStore features;
  private final ScoringLimit limit;
  private final RecentPredictions recent;
  private final ExposureBuffer exposures;
  private final PredictionMeters meters;
  private final Clock clock;

  public Predict(
      Router router,
      FeatureStore features,
      ScoringLimit limit,
      RecentPredictions recent,
      ExposureBuffer exposures,
      PredictionMeters meters,
      Clock clock) {
    this.router = router;
    this.features = features;
    this.limit = limit;
    this.recent = recent;
    this.exposures = exposures;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Answers one request.
   *
   * @param requestId names the request, and is its unit when it names none itself
   * @param principal who asks; remembered only for pinned calls
   */
  public Prediction answer(
      Tenant tenant, String principal, String requestId, PredictionRequest request) {
    long started = System.nanoTime();
    try (RoutedModel routed = route(tenant, principal, requestId, request)) {
      Batch batch = rows(request, routed.model().signature());
      Scores scores = score(routed, batch);
      recent.add(
          new Explanation(
              tenant,
              requestId,
              request.model(),
              routed.version(),
              routed.variant(),
              routed.deploymentId(),
              routed.revision(),
              routed.bucket(),
              request.unitId().isPresent(),
              batch.rows(),
              clock.instant()));
      noteExposure(tenant, requestId, request, routed);
      Duration latency = Duration.ofNanos(System.nanoTime() - started);
      meters.answered(tenant, request.model(), routed.version(), routed.variant(), latency);
      return new Prediction(
          requestId,
          request.model(),
          routed.version(),
          routed.variant(),
          routed.pinned(),
          scores,
          latency);
    } catch (Problem refused) {
      meters.refused(refused);
      throw refused;
    }
  }

  /** Only an answered unit was exposed; a pinned call belongs to no arm. */
  private void noteExposure(
      Tenant tenant, String requestId, PredictionRequest request, RoutedModel routed) {
    @Nullable TestArm arm = routed.arm();
    if (arm != null) {
      exposures.add(
          new Exposure(
              tenant,
              arm,
              routed.unit(),
              request.unitId().isPresent() ? requestId : null,
              clock.millis()));
    }
  }

  private RoutedModel route(
      Tenant tenant, String principal, String requestId, PredictionRequest request) {
    return request.pinnedVersion().isPresent()
        ? router.pinned(tenant, request.model(), request.pinnedVersion().get(), principal)
        : router.assigned(tenant, request.model(), request.unitId().orElse(requestId));
  }

  private Batch rows(PredictionRequest request, Signature signature) {
    BoundRows rows = new BoundRows(request.form(), request.rows(), signature);
    rows.refuseViolations();
    if (!request.entities().isEmpty()) {
      completeFromFeatures(rows, request, signature);
    }
    return rows.complete();
  }

  private void completeFromFeatures(
      BoundRows rows, PredictionRequest request, Signature signature) {
    FeatureSource source =
        signature
            .features()
            .orElseThrow(
                () -> Problem.invalid("entities", "this version takes no features from the store"));
    Map<String, List<Object>> entities = request.entities();
    for (String key : source.joinKeys()) {
      if (!entities.containsKey(key)) {
        throw Problem.invalid("entities." + key, "is required");
      }
    }
    for (String key : entities.keySet()) {
      if (!source.joinKeys().contains(key)) {
        throw Problem.invalid("entities." + key, "is not a join key of this version");
      }
    }
    // An entity that is an input too, such as an origin, need not be said twice.
    entities.forEach(
        (key, values) -> {
          int position = signature.position(key);
          for (int row = 0; position >= 0 && row < values.size(); row++) {
            rows.fill(row, position, values.get(row), "entities." + key);
          }
        });
    List<Integer> positions = new ArrayList<>();
    for (String reference : source.references()) {
      int position = signature.position(FeatureSource.columnOf(reference));
      if (position >= 0) {
        positions.add(position);
      }
    }
    if (rows.lacksAny(positions)) {
      fillFromStore(rows, source, entities, signature);
    }
  }

  private void fillFromStore(
      BoundRows rows,
      FeatureSource source,
      Map<String, List<Object>> entities,
      Signature signature) {
    List<Map<String, Object>> values = features.values(source, entities);
    for (int row = 0; row < values.size(); row++) {
      for (Map.Entry<String, Object> value : values.get(row).entrySet()) {
        int position = signature.position(FeatureSource.columnOf(value.getKey()));
        if (position >= 0) {
          rows.fill(row, position, value.getValue(), value.getKey());
        }
      }
    }
  }

  private Scores score(RoutedModel routed, Batch batch) {
    if (!limit.enter()) {
      throw new Problem(
              ServingError.OVERLOADED, "This router is at its limit of predictions; try again.")
          .retryAfter(RETRY_AFTER);
    }
    try {
      return routed.model().score(batch);
    } catch (ScoringFailed e) {
      throw new Problem(
          ServingError.SCORING_FAILED,
          "Version %d could not compute an answer for these values.".formatted(routed.version()));
    } finally {
      limit.leave();
    }
  }
}
