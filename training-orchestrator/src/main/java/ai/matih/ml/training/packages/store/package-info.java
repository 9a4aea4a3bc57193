/** Packages in PostgreSQL; their bytes lie on the object store. */
@NullMarked
package ai.matih.ml.training.packages.store;

import org.jspecify.annotations.NullMarked;
