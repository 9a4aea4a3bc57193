package ai.matih.ml.serving.prediction;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How predictions are answered.
 *
 * @param maxRows most rows of one request
 * @param remembered how many predictions can be explained afterwards
 * @param featureTimeout how long the feature store may take
 * @param featureConcurrency calls to the feature store at once
 */
@ConfigurationProperties("serving.prediction")
public record PredictionSettings(
    @DefaultValue("1000") int maxRows,
    @DefaultValue("10000") int remembered,
    @DefaultValue("PT2S") Duration featureTimeout,
    @DefaultValue("128") int featureConcurrency) {}
