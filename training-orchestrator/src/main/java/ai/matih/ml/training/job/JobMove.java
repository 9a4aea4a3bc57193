package ai.matih.ml.training.job;

import java.time.Instant;

/** One move that a job made. */
public record JobMove(int attempt, JobStatus from, JobEvent event, JobStatus to, Instant at) {}
