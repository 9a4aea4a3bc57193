/**
 * The registry beside MLflow's own: the same models and versions in both, the same questions to
 * both, on one machine in one run.
 */
@NullMarked
package ai.matih.ml.benchmarks.registry;

import org.jspecify.annotations.NullMarked;
