/** Wires the shared ground into every service. Nothing here knows any service's domain. */
@NullMarked
package ai.matih.ml.common;

import org.jspecify.annotations.NullMarked;
