/**
 * How a version gets to its share of the traffic, step by step. It knows deployments only as
 * targets of the traffic; each step is one revision of the traffic document.
 */
@NullMarked
package ai.matih.ml.serving.rollout;

import org.jspecify.annotations.NullMarked;
