package ai.matih.ml.features.online;

import ai.matih.ml.features.definition.FeatureReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of the asked features for the asked entities.
 *
 * @param rows in the order of the request
 */
public record OnlineAnswer(List<FeatureReference> features, List<Row> rows) {

  public OnlineAnswer {
    features = List.copyOf(features);
    rows = List.copyOf(rows);
  }

  /**
   * One entity's values.
   *
   * @param values in the order of the features
   */
  public record Row(Map<String, Object> entity, List<Answered> values) {
    public Row {
      values = List.copyOf(values);
    }
  }

  /** One value with its status; the event time is that of the stored row, where there is one. */
  public record Answered(
      ValueStatus status, Optional<Object> value, Optional<Instant> eventTimestamp) {

    static final Answered NOT_FOUND =
        new Answered(ValueStatus.NOT_FOUND, Optional.empty(), Optional.empty());
  }
}
