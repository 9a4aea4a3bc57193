/** The HTTP side on a real web server. */
@NullMarked
package ai.matih.ml.common.trace;

import org.jspecify.annotations.NullMarked;
