/** Keys and tenants in PostgreSQL. Rows stay in this package. */
@NullMarked
package ai.matih.ml.api.access.store;

import org.jspecify.annotations.NullMarked;
