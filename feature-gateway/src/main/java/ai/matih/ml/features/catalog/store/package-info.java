/** Declarations in PostgreSQL. */
@NullMarked
package ai.matih.ml.features.catalog.store;

import org.jspecify.annotations.NullMarked;
