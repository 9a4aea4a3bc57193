/** The feature gateway over REST. Its wire records stay here. */
@NullMarked
package ai.matih.ml.serving.prediction.features;

import org.jspecify.annotations.NullMarked;
