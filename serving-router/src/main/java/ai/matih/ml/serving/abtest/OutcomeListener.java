package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.ModelId;
import java.util.List;
import java.util.Optional;

/** Hears of every outcome that is told, beside the tests. */
public interface OutcomeListener {

  /**
   * Takes reports in.
   *
   * @param metric which outcome this is; any that is asked for when absent
   * @return how many of them count here
   */
  int told(ModelId model, Optional<String> metric, List<OutcomeReport> reports);
}
