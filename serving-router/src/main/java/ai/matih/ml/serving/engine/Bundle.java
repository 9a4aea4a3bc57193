package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.bundle.Signature;

/** A verified bundle, ready for an engine: the model's bytes with what it promises about them. */
@SuppressWarnings("ArrayRecordComponent") // megabytes that nobody compares
public record Bundle(
    Digest digest, Signature signature, OnnxLayout layout, GoldenRows golden, byte[] model) {}
