/** Tests of the catalogue. Pure ones run without any engine. */
@NullMarked
package ai.matih.ml.features.catalog;

import org.jspecify.annotations.NullMarked;
