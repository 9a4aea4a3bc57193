package ai.matih.ml.registry.promotion;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How transitions wait.
 *
 * @param expiresAfter a transition that waited this long ends
 * @param confirmWithin a second person has to confirm an override in this time
 * @param rollbackGivesUpAfter a roll-back whose traffic the router refuses for this long fails
 * @param checkEvery how often a waiting transition is looked at without any news
 */
@ConfigurationProperties("registry.promotion")
public record PromotionSettings(
    @DefaultValue("P14D") Duration expiresAfter,
    @DefaultValue("PT24H") Duration confirmWithin,
    @DefaultValue("PT1H") Duration rollbackGivesUpAfter,
    @DefaultValue("PT3S") Duration checkEvery) {}
