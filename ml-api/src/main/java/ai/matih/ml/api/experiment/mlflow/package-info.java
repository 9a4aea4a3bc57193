/** MLflow as the tracker of experiments. Its wire records and its error texts end here. */
@NullMarked
package ai.matih.ml.api.experiment.mlflow;

import org.jspecify.annotations.NullMarked;
