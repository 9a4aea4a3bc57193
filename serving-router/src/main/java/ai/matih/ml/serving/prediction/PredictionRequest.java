package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.ModelId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller asks, read but not yet checked against any model.
 *
 * @param form how the rows were given; it decides how the answer looks and how problems name fields
 * @param entities values of each join key, one per row; empty when the caller gave none
 * @param pinnedVersion the version that must answer, whatever the traffic says
 */
public record PredictionRequest(
    ModelId model,
    Form form,
    Rows rows,
    Map<String, List<Object>> entities,
    Optional<String> unitId,
    Optional<Long> pinnedVersion,
    boolean returnProbabilities) {

  /** The ways to give rows. */
  public enum Form {
    /** One row in {@code features}, or in scalar {@code entities} alone. */
    SINGLE,
    /** Many rows in {@code instances}, or in lists of {@code entities} alone. */
    MANY
  }
}
