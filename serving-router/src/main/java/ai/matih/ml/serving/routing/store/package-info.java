/** What a router says, in PostgreSQL and on its own disk. Also the signal that wakes it. */
@NullMarked
package ai.matih.ml.serving.routing.store;

import org.jspecify.annotations.NullMarked;
