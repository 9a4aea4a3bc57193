package ai.matih.ml.serving.engine;

/** A verified bundle, ready for an engine: the model's bytes with what it promises about them. */
@SuppressWarnings("ArrayRecordComponent") // megabytes that nobody compares
public record Bundle(BundleDigest digest, Signature signature, GoldenRows golden, byte[] model) {}
