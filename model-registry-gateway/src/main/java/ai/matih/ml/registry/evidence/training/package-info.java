/** What the training service is asked to find out about versions. Wire records stay here. */
@NullMarked
package ai.matih.ml.registry.evidence.training;

import org.jspecify.annotations.NullMarked;
