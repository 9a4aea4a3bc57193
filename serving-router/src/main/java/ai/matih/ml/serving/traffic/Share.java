package ai.matih.ml.serving.traffic;

/** What somebody wants for one version, before buckets are dealt. */
public record Share(long version, String deploymentId, String variant, Weight weight) {}
