/**
 * Runs ONNX models inside this process with ONNX Runtime. Nothing outside this package sees its
 * types.
 */
@NullMarked
package ai.matih.ml.serving.engine.onnx;

import org.jspecify.annotations.NullMarked;
