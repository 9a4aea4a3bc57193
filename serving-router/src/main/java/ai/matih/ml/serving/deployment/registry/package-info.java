/** The model registry over REST. Its wire records stay here. */
@NullMarked
package ai.matih.ml.serving.deployment.registry;

import org.jspecify.annotations.NullMarked;
