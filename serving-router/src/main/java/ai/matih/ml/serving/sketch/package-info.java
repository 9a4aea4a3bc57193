/**
 * Counts what each version was asked and what it answered, in the bins of its own training profile:
 * on the caller's thread, without a lock or an allocation per value. The counts of all routers add
 * up, slot by slot.
 */
@NullMarked
package ai.matih.ml.serving.sketch;

import org.jspecify.annotations.NullMarked;
