/** The smallest service that uses everything in common; the subject of common's own tests. */
@NullMarked
package ai.matih.ml.common.sample;

import org.jspecify.annotations.NullMarked;
