package ai.matih.ml.serving.trial;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How bundles are tried.
 *
 * @param latencyBudget 95 of 100 single rows answer within it
 * @param minGoldenRows fewer golden rows prove too little
 * @param limit how long one trial may take
 * @param atOnce trials that run at the same time
 */
@ConfigurationProperties("serving.trial")
public record TrialSettings(
    @DefaultValue("PT0.05S") Duration latencyBudget,
    @DefaultValue("50") int minGoldenRows,
    @DefaultValue("PT60S") Duration limit,
    @DefaultValue("2") int atOnce) {}
