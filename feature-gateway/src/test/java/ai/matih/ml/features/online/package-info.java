/** Tests of the online values. Pure ones run without any engine. */
@NullMarked
package ai.matih.ml.features.online;

import org.jspecify.annotations.NullMarked;
