/** What all stores of the router share: the signal that wakes the other routers. */
@NullMarked
package ai.matih.ml.serving.store;

import org.jspecify.annotations.NullMarked;
