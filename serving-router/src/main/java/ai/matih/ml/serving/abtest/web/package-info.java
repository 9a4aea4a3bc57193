/** A/B tests over REST, and the outcomes that they count. */
@NullMarked
package ai.matih.ml.serving.abtest.web;

import org.jspecify.annotations.NullMarked;
