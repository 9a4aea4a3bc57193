/** Values of declared types. */
@NullMarked
package ai.matih.ml.features.definition;

import org.jspecify.annotations.NullMarked;
