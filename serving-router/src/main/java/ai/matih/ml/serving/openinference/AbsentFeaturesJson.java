package ai.matih.ml.serving.openinference;

import ai.matih.ml.serving.prediction.AbsentFeatures;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** What the feature store did not have, as a text: parameters of the protocol are no objects. */
final class AbsentFeaturesJson {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private AbsentFeaturesJson() {}

  static String of(List<AbsentFeatures> absent) {
    return JSON.writeValueAsString(absent.stream().map(AbsentFeatures::asParam).toList());
  }
}
