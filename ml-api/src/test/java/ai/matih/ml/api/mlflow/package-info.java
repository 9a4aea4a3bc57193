/** Tests of the MLflow-compatible door. */
@NullMarked
package ai.matih.ml.api.mlflow;

import org.jspecify.annotations.NullMarked;
