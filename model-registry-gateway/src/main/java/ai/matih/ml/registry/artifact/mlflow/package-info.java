/** Runs and their files in MLflow. Speaks in the tenant's own workspace only. */
@NullMarked
package ai.matih.ml.registry.artifact.mlflow;

import org.jspecify.annotations.NullMarked;
