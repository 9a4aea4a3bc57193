/**
 * What this router serves right now: an immutable snapshot, the loaded models behind it, and their
 * reference counts. {@link ai.matih.ml.serving.routing.Router} picks the version that answers a
 * request. The plan behind it comes from the database while that is there, else from the local
 * disk.
 */
@NullMarked
package ai.matih.ml.serving.routing;

import org.jspecify.annotations.NullMarked;
