/**
 * Scores rows with a model bundle that was verified byte by byte. The rules know columns and
 * answers; how a model runs is left to an engine behind {@link
 * ai.matih.ml.serving.engine.ScoringEngine}. A further engine is a package beside {@code onnx} and
 * a bean in {@link ai.matih.ml.serving.engine.EngineConfiguration}.
 */
@NullMarked
package ai.matih.ml.serving.engine;

import org.jspecify.annotations.NullMarked;
