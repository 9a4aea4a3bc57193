package ai.matih.ml.serving.prediction.features;

import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.prediction.FeatureRow;
import ai.matih.ml.serving.prediction.FeatureRow.Absence;
import ai.matih.ml.serving.prediction.FeatureStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClient;

/**
 * Reads online features through the feature gateway. Reading is repeatable, so an unclear outcome
 * is just "away".
 */
public final class FeatureGateway implements FeatureStore {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final RestClient client;

  public FeatureGateway(RestClient client) {
    this.client = client;
  }

  private record ServeRequest(List<String> features, Map<String, List<Object>> entities) {}

  private record ServeAnswer(@Nullable List<RowAnswer> rows) {}

  private record RowAnswer(
      @Nullable Map<String, ValueAnswer> values, @Nullable Map<String, String> absent) {}

  private record ValueAnswer(@Nullable Object value, @Nullable String status) {}

  @Override
  public List<FeatureRow> values(FeatureSource source, Map<String, List<Object>> entities) {
    ServeAnswer answer;
    try {
      answer =
          client
              .post()
              .uri("/api/v1/ml/features/serve")
              .body(new ServeRequest(source.references(), entities))
              .retrieve()
              .body(ServeAnswer.class);
    } catch (EngineFailure.Refused refused) {
      throw away(
          "The feature store does not serve this version's features (%d)."
              .formatted(refused.status()));
    } catch (EngineFailure failure) {
      throw away("The feature store is away, and this version needs its values.");
    }
    int rows = entities.values().iterator().next().size();
    if (answer == null || answer.rows() == null || answer.rows().size() != rows) {
      throw strange();
    }
    return answer.rows().stream().map(FeatureGateway::understood).toList();
  }

  private static FeatureRow understood(RowAnswer row) {
    if (row.values() == null) {
      throw strange();
    }
    Map<String, Object> values = HashMap.newHashMap(row.values().size());
    row.values()
        .forEach(
            (reference, value) -> {
              if (value.value() != null && "present".equals(value.status())) {
                values.put(reference, value.value());
              }
            });
    Map<String, Absence> absent = new HashMap<>();
    if (row.absent() != null) {
      row.absent().forEach((reference, status) -> absent.put(reference, absence(status)));
    }
    return new FeatureRow(values, absent);
  }

  private static Absence absence(String status) {
    return Arrays.stream(Absence.values())
        .filter(absence -> absence.wireName().equals(status))
        .findFirst()
        .orElseThrow(FeatureGateway::strange);
  }

  private static Problem strange() {
    return away("The feature store answered something else than it was asked.");
  }

  private static Problem away(String detail) {
    return new Problem(ServingError.FEATURES_UNAVAILABLE, detail)
        .with("engine", "features")
        .retryAfter(RETRY_AFTER);
  }
}
