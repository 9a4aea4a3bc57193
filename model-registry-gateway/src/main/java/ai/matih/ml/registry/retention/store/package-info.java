/** Deletions and retention in PostgreSQL. */
@NullMarked
package ai.matih.ml.registry.retention.store;

import org.jspecify.annotations.NullMarked;
