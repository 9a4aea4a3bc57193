package ai.matih.ml.training.job;

import java.time.Duration;

/**
 * A version to measure on a data set.
 *
 * @param data the data set, pinned by its digest
 */
public record EvaluationSpecification(
    VersionFiles version, Source data, String targetColumn, Duration timeout)
    implements JobSpecification.AboutVersion {}
