/**
 * Decides who gets how much: one revisioned document per model and a pure function from a unit to a
 * variant. It knows deployments only as targets that are ready or not.
 */
@NullMarked
package ai.matih.ml.serving.traffic;

import org.jspecify.annotations.NullMarked;
