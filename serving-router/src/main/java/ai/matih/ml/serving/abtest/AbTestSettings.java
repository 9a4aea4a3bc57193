package ai.matih.ml.serving.abtest;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How A/B tests are kept.
 *
 * @param analysisInterval how often a running test is counted
 * @param flush how often exposures go to the database
 * @param buffer how many exposures wait in memory while it is away; more are lost, and counted
 * @param waiting how many outcomes of units that no router has exposed are kept in one test, and as
 *     many of requests; the oldest go, and are counted
 * @param keep how long the single units of a test are kept after its end
 */
@Validated
@ConfigurationProperties("serving.ab-test")
public record AbTestSettings(
    @DefaultValue("PT2S") Duration analysisInterval,
    @DefaultValue("PT0.5S") Duration flush,
    @DefaultValue("100000") int buffer,
    @DefaultValue("100000") @Positive int waiting,
    @DefaultValue("P30D") Duration keep) {}
