/** Overrides and roll-backs in PostgreSQL. No row is ever deleted. */
@NullMarked
package ai.matih.ml.registry.emergency.store;

import org.jspecify.annotations.NullMarked;
