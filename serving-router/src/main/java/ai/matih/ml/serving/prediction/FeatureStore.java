package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.FeatureSource;
import java.util.List;
import java.util.Map;

/** Asks the feature store for the newest values. Repeatable. */
public interface FeatureStore {

  /**
   * Values by reference, one map per row in the order of the entities. A value that is null, absent
   * or too old is left out.
   *
   * @throws ai.matih.ml.common.problem.Problem {@code FEATURES_UNAVAILABLE} when the store is away
   */
  List<Map<String, Object>> values(FeatureSource source, Map<String, List<Object>> entities);
}
