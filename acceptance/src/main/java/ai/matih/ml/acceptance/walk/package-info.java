/**
 * One model from raw data to a governed prediction, step by step. The demo and the acceptance test
 * take the same steps.
 */
@NullMarked
package ai.matih.ml.acceptance.walk;

import org.jspecify.annotations.NullMarked;
