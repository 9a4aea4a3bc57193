/** Renders the charts as Helm does and checks what would be sent to a cluster. */
@NullMarked
package ai.matih.ml.helm;

import org.jspecify.annotations.NullMarked;
