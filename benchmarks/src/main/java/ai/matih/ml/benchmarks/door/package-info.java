/**
 * What the public door costs: a prediction through it, straight at the router, and through nginx to
 * the same router.
 */
@NullMarked
package ai.matih.ml.benchmarks.door;

import org.jspecify.annotations.NullMarked;
