/** Models, policies and versions in PostgreSQL. Rows never leave this package. */
@NullMarked
package ai.matih.ml.registry.model.store;

import org.jspecify.annotations.NullMarked;
