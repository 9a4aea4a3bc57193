package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.FeatureSource;
import java.util.List;
import java.util.Map;

/** Asks the feature store for the newest values. Repeatable. */
public interface FeatureStore {

  /**
   * What there is of each feature, one row per row of the entities and in their order.
   *
   * @throws ai.matih.ml.common.problem.Problem {@code FEATURES_UNAVAILABLE} when the store is away
   */
  List<FeatureRow> values(FeatureSource source, Map<String, List<Object>> entities);
}
