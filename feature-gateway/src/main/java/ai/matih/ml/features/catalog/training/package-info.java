/** Data sets by name, from the training orchestrator. */
@NullMarked
package ai.matih.ml.features.catalog.training;

import org.jspecify.annotations.NullMarked;
