/** Predictions on the data plane: one path, its reader and its writer. */
@NullMarked
package ai.matih.ml.serving.dataplane;

import org.jspecify.annotations.NullMarked;
