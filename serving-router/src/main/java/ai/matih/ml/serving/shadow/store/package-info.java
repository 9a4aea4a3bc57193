/** Keeps shadows and what routers counted of them in PostgreSQL. */
@NullMarked
package ai.matih.ml.serving.shadow.store;

import org.jspecify.annotations.NullMarked;
