/**
 * The algorithms that can be trained, as the training code describes them in its {@code
 * algorithms.json}. Adding one takes no change here.
 */
@NullMarked
package ai.matih.ml.training.algorithm;

import org.jspecify.annotations.NullMarked;
