/** Safe repeats of POST requests. The key, the change and the stored answer commit together. */
@NullMarked
package ai.matih.ml.common.idempotency;

import org.jspecify.annotations.NullMarked;
