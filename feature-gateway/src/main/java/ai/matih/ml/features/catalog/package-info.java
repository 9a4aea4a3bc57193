/**
 * What features there are, and what people declared that there should be. Declared documents are
 * the desired state; Feast's registry is the observed one.
 */
@NullMarked
package ai.matih.ml.features.catalog;

import org.jspecify.annotations.NullMarked;
