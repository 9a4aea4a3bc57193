/** Tests of routing, limits and forwarding. */
@NullMarked
package ai.matih.ml.api.door;

import org.jspecify.annotations.NullMarked;
