/**
 * A/B tests between today's Production and a challenger: who was shown what, what came of it, and
 * what may be concluded at any moment. It knows deployments only as targets of the traffic.
 */
@NullMarked
package ai.matih.ml.serving.abtest;

import org.jspecify.annotations.NullMarked;
