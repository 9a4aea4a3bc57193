/**
 * The Open Inference Protocol over HTTP: tensors in JSON or as bytes behind it, for the models that
 * are served. What is asked is answered by {@link ai.matih.ml.serving.prediction.Predict}, as
 * {@code /predict} is.
 */
@NullMarked
package ai.matih.ml.serving.openinference;

import org.jspecify.annotations.NullMarked;
