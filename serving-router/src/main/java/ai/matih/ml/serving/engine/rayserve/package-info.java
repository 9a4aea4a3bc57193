/**
 * Ray Serve as an engine: one application per model, each on replicas of its own.
 *
 * <p>A configuration that is sent to Ray Serve replaces the one before it, so one router at a time
 * writes the whole of it, made from what the database wants. Each router only asks whether an
 * application is ready and then calls it.
 */
@NullMarked
package ai.matih.ml.serving.engine.rayserve;

import org.jspecify.annotations.NullMarked;
