package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Duration;
import java.util.List;

/**
 * An answer, with who gave it.
 *
 * @param absent rows that the feature store could not complete
 */
public record Prediction(
    String requestId,
    ModelId model,
    ChosenTarget target,
    Scores scores,
    List<AbsentFeatures> absent,
    Duration latency) {}
