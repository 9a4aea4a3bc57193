/** Roll-outs over REST. */
@NullMarked
package ai.matih.ml.serving.rollout.web;

import org.jspecify.annotations.NullMarked;
