/** What the training service is asked about jobs. Wire records stay here. */
@NullMarked
package ai.matih.ml.registry.model.training;

import org.jspecify.annotations.NullMarked;
