/**
 * How a version gets to its share of the traffic, step by step. It knows deployments only as
 * targets of the traffic; each step is one revision of the traffic document. A roll-out with
 * several steps takes them by itself, on evidence, and goes back where the version does harm.
 */
@NullMarked
package ai.matih.ml.serving.rollout;

import org.jspecify.annotations.NullMarked;
