package ai.matih.ml.training.cluster;

/**
 * Printed lines of a job.
 *
 * @param truncated earlier lines are left out
 */
public record JobLog(String text, boolean truncated) {}
