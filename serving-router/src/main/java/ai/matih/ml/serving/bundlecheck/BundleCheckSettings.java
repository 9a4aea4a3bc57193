package ai.matih.ml.serving.bundlecheck;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How bundles are checked.
 *
 * @param latencyBudget 95 of 100 single rows answer within it
 * @param latencyBudgetElsewhere the same on an engine that is called over the network
 * @param minGoldenRows fewer golden rows prove too little
 * @param limit how long the checks of one bundle may take
 * @param atOnce bundles that are checked at the same time
 */
@ConfigurationProperties("serving.bundle-check")
public record BundleCheckSettings(
    @DefaultValue("PT0.05S") Duration latencyBudget,
    @DefaultValue("PT0.5S") Duration latencyBudgetElsewhere,
    @DefaultValue("50") int minGoldenRows,
    @DefaultValue("PT60S") Duration limit,
    @DefaultValue("2") int atOnce) {}
