/**
 * Ray's Jobs and State API. Its answers carry secrets and stack traces, so nothing of them leaves
 * as it is.
 */
@NullMarked
package ai.matih.ml.training.cluster.ray;

import org.jspecify.annotations.NullMarked;
