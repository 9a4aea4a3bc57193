/**
 * How versions leave the registry: deleted first and restorable for a while, then without their
 * files. Rows, evidence and history of a version stay for ever.
 */
@NullMarked
package ai.matih.ml.registry.retention;

import org.jspecify.annotations.NullMarked;
