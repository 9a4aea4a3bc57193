/**
 * Scores rows with a model bundle that was verified byte by byte. The rules know columns and
 * answers; how a model runs is left to an engine behind {@link
 * ai.matih.ml.serving.engine.ScoringEngine}.
 */
@NullMarked
package ai.matih.ml.serving.engine;

import org.jspecify.annotations.NullMarked;
