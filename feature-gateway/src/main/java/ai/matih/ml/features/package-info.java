/**
 * The feature gateway: what features exist, what their values are now, and what a training set is
 * joined from. Feast does the storing and filling.
 */
@NullMarked
package ai.matih.ml.features;

import org.jspecify.annotations.NullMarked;
