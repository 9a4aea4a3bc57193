/**
 * Two short programs in the door's image, for those who install the suite: {@code setup} makes what
 * must be there before the services start, {@code check} asks a running platform whether it serves.
 */
@NullMarked
package ai.matih.ml.api.setup;

import org.jspecify.annotations.NullMarked;
