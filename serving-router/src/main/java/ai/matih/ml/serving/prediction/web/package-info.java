/** Predictions over REST: a streaming reader in, a streaming writer out. */
@NullMarked
package ai.matih.ml.serving.prediction.web;

import org.jspecify.annotations.NullMarked;
