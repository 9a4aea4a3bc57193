package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Duration;

/** An answer, with who gave it. */
public record Prediction(
    String requestId, ModelId model, ChosenTarget target, Scores scores, Duration latency) {}
