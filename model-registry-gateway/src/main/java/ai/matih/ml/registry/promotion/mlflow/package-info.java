/** The mirror of the registry in MLflow. MLflow shows what was decided here and is never asked. */
@NullMarked
package ai.matih.ml.registry.promotion.mlflow;

import org.jspecify.annotations.NullMarked;
