/** Tests and their units in PostgreSQL. Row-level security keeps tenants apart a second time. */
@NullMarked
package ai.matih.ml.serving.abtest.store;

import org.jspecify.annotations.NullMarked;
