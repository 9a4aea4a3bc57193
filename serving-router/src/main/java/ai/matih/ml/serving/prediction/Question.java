package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.OnAbsent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller asks, read but not yet checked against any model, in whatever form it was given.
 */
public sealed interface Question permits PredictionRequest, TensorRequest {

  ModelId model();

  Optional<String> unitId();

  /** The version that must answer, whatever the traffic says. */
  Optional<Long> pinnedVersion();

  /** What becomes of rows that the feature store cannot complete. */
  OnAbsent onAbsent();

  int rowCount();

  /** How problems name a value. */
  String field(int row, String column);

  /** Sets what was given; what is wrong with it is noted there. */
  void bindTo(BoundRows rows);

  /** The values by which the feature store is asked, per join key; empty when it need not be. */
  Map<String, List<Object>> entitiesFor(Signature signature);
}
