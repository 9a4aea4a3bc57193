/**
 * Compares what versions are asked and answer with what training saw, and the arms of a model with
 * each other; says how sure that is, and opens and closes alerts.
 */
@NullMarked
package ai.matih.ml.serving.drift;

import org.jspecify.annotations.NullMarked;
