/**
 * What this router serves right now: an immutable snapshot, the loaded models behind it, and their
 * reference counts. It follows the database when it can and the local disk when it cannot.
 */
@NullMarked
package ai.matih.ml.serving.routing;

import org.jspecify.annotations.NullMarked;
