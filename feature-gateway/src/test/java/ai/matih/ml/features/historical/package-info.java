/** Plans of training sets. */
@NullMarked
package ai.matih.ml.features.historical;

import org.jspecify.annotations.NullMarked;
