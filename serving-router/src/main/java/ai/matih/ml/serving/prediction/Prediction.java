package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.engine.Scores;
import java.time.Duration;

/** An answer, with who gave it. */
public record Prediction(
    String requestId,
    ModelId model,
    long version,
    String variant,
    boolean pinned,
    Scores scores,
    Duration latency) {}
