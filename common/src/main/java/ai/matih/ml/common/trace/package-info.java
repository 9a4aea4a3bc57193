/** W3C trace context: which trace the work of a thread belongs to, from hop to hop. */
@NullMarked
package ai.matih.ml.common.trace;

import org.jspecify.annotations.NullMarked;
