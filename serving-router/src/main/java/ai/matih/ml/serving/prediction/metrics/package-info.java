/**
 * Predictions as Micrometer meters. Models are told apart up to a limit, so that series stay
 * bounded.
 */
@NullMarked
package ai.matih.ml.serving.prediction.metrics;

import org.jspecify.annotations.NullMarked;
