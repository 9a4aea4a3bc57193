/** Materializations in PostgreSQL. */
@NullMarked
package ai.matih.ml.features.materialization.store;

import org.jspecify.annotations.NullMarked;
