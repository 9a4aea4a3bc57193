/** Evidence in PostgreSQL. Rows are only ever added. */
@NullMarked
package ai.matih.ml.registry.evidence.store;

import org.jspecify.annotations.NullMarked;
