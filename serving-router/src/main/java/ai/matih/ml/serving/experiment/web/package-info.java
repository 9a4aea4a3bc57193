/** A/B tests over REST, and the outcomes that they count. */
@NullMarked
package ai.matih.ml.serving.experiment.web;

import org.jspecify.annotations.NullMarked;
