package ai.matih.ml.serving.experiment;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How A/B tests are kept.
 *
 * @param look how often a running test is counted
 * @param flush how often exposures go to the database
 * @param buffer how many exposures wait in memory while it is away; more are lost, and counted
 * @param keep how long the single units of a test are kept after its end
 */
@ConfigurationProperties("serving.experiment")
public record ExperimentSettings(
    @DefaultValue("PT2S") Duration look,
    @DefaultValue("PT0.5S") Duration flush,
    @DefaultValue("100000") int buffer,
    @DefaultValue("P30D") Duration keep) {}
