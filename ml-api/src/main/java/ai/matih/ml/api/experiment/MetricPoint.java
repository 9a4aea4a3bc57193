package ai.matih.ml.api.experiment;

import java.time.Instant;

/** One measured value of a metric. */
public record MetricPoint(String key, double value, long step, Instant timestamp) {}
