/** Training jobs of the training orchestrator. */
@NullMarked
package ai.matih.ml.serving.drift.training;

import org.jspecify.annotations.NullMarked;
