/**
 * The MLflow-compatible door: an ordinary MLflow client works against it in its tenant's own
 * workspace. Only the calls of one table pass, with only their known fields.
 */
@NullMarked
package ai.matih.ml.api.mlflow;

import org.jspecify.annotations.NullMarked;
