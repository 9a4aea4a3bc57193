package ai.matih.ml.common.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the HTTP side.
 *
 * @param maxJson largest JSON body
 * @param lameDuck how long a service that must go still answers, without keeping connections, until
 *     nobody sends it more
 */
@ConfigurationProperties("matih.web")
public record WebSettings(
    @DefaultValue("1MB") DataSize maxJson, @DefaultValue("0s") Duration lameDuck) {}
