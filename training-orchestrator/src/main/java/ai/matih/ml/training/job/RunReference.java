package ai.matih.ml.training.job;

/** A run of an experiment. */
public record RunReference(String experimentId, String runId) {}
