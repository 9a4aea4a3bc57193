package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.engine.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the input of a prediction: the rows of the request, completed from its entities and from
 * the feature store, which is asked only for what is missing.
 */
public final class PredictionInputs {

  private final FeatureStore features;

  public PredictionInputs(FeatureStore features) {
    this.features = features;
  }

  /** The whole input, or a refusal that names each value that is wrong or missing. */
  Batch of(PredictionRequest request, Signature signature) {
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
    // An entity that is an input too, such as an origin, need not be given twice.
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
}
