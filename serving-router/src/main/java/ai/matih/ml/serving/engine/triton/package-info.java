/**
 * Triton as an engine, or another server of the Open Inference Protocol: it runs the ONNX form of a
 * version, on its own backend or on its Python backend.
 *
 * <p>A server that takes models from others is given them by its repository calls, by one router at
 * a time, and again whenever it lacks one. Nothing has to lie on a disk that both can see.
 */
@NullMarked
package ai.matih.ml.serving.engine.triton;

import org.jspecify.annotations.NullMarked;
