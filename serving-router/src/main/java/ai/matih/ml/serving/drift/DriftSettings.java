package ai.matih.ml.serving.drift;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a difference from the training counts as drift.
 *
 * @param falseAlarmRate how likely any input of an arm in which nothing changed is called drifted,
 *     per look
 * @param minRows with fewer rows in the window nothing is said
 * @param every how often a model is looked at for alerts
 */
@ConfigurationProperties("serving.drift")
public record DriftSettings(
    @DefaultValue("0.0001") double falseAlarmRate,
    @DefaultValue("100") long minRows,
    @DefaultValue("PT1M") Duration every) {}
