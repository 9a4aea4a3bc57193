/** Plans of point-in-time joins, made by feature-gateway. A plan names files and columns only. */
@NullMarked
package ai.matih.ml.training.job.features;

import org.jspecify.annotations.NullMarked;
