/** Tests of the adapter. Pure ones run without any engine. */
@NullMarked
package ai.matih.ml.features.feast;

import org.jspecify.annotations.NullMarked;
