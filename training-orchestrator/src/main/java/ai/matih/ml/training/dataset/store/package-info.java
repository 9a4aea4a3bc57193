/** Data sets in PostgreSQL. Nothing outside sees the rows. */
@NullMarked
package ai.matih.ml.training.dataset.store;

import org.jspecify.annotations.NullMarked;
