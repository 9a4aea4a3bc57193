/** Counts as rows of arrays: one per arm, slot and router, later one per arm and hour. */
@NullMarked
package ai.matih.ml.serving.sketch.store;

import org.jspecify.annotations.NullMarked;
