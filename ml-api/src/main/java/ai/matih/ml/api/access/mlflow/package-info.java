/** Tenants' workspaces in MLflow. A tenant's slug is its workspace's name. */
@NullMarked
package ai.matih.ml.api.access.mlflow;

import org.jspecify.annotations.NullMarked;
