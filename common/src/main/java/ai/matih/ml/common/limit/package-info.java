/** How often somebody may ask. */
@NullMarked
package ai.matih.ml.common.limit;

import org.jspecify.annotations.NullMarked;
