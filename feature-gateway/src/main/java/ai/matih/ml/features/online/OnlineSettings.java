package ai.matih.ml.features.online;

import jakarta.validation.constraints.Positive;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How online values are served.
 *
 * @param enforceTtl values older than the view's time to live are withheld; false gives Feast
 *     0.67's own behaviour, which answers them as present
 * @param maxRows entities in one request
 * @param maxFeatures features in one request
 */
@Validated
@ConfigurationProperties("features.online")
public record OnlineSettings(
    @DefaultValue("true") boolean enforceTtl,
    @DefaultValue("5000") @Positive int maxRows,
    @DefaultValue("1000") @Positive int maxFeatures) {}
