/** Tests of the materialization. Pure ones run without any engine. */
@NullMarked
package ai.matih.ml.features.materialization;

import org.jspecify.annotations.NullMarked;
