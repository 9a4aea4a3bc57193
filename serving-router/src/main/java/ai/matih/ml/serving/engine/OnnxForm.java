package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.OnnxLayout;

/**
 * The model as ONNX.
 *
 * @param layout where the inputs of the signature lie in it
 * @param content of the file
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that nobody compares
public record OnnxForm(OnnxLayout layout, byte[] content) {}
