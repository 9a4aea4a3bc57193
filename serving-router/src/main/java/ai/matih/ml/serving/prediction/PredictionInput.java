package ai.matih.ml.serving.prediction;

import ai.matih.ml.serving.engine.Batch;
import java.util.List;

/** The whole input of a prediction, and what the feature store could not give for it. */
record PredictionInput(Batch batch, List<AbsentFeatures> absent) {}
