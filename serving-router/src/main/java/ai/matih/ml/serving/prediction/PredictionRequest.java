package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.OnAbsent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller asks, read but not yet checked against any model.
 *
 * @param form how the rows were given; it decides how the answer looks and how problems name fields
 * @param entities values of each join key, one per row; empty when the caller gave none
 * @param pinnedVersion the version that must answer, whatever the traffic says
 * @param onAbsent what becomes of rows that the feature store cannot complete
 */
public record PredictionRequest(
    ModelId model,
    Form form,
    Rows rows,
    Map<String, List<Object>> entities,
    Optional<String> unitId,
    Optional<Long> pinnedVersion,
    boolean returnProbabilities,
    OnAbsent onAbsent)
    implements Question {

  /** The ways to give rows. */
  public enum Form {
    /** One row in {@code features}, or in scalar {@code entities} alone. */
    SINGLE,
    /** Many rows in {@code instances}, or in lists of {@code entities} alone. */
    MANY
  }

  @Override
  public int rowCount() {
    return rows.count();
  }

  @Override
  public String field(int row, String column) {
    return (form == Form.SINGLE ? "features." : "instances[" + row + "].") + column;
  }

  @Override
  public void bindTo(BoundRows bound) {
    for (int row = 0; row < rows.count() && bound.takesMore(); row++) {
      for (int cell = rows.start(row); cell < rows.end(row); cell++) {
        bound.bind(row, rows.name(cell), rows.kind(cell), rows.number(cell), rows.text(cell));
      }
    }
  }

  @Override
  public Map<String, List<Object>> entitiesFor(Signature signature) {
    return entities;
  }
}
