package ai.matih.ml.serving.traffic;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What traffic may look like.
 *
 * @param stagingCapBps how much of a model's traffic its Staging versions may get together
 */
@ConfigurationProperties("serving.traffic")
public record TrafficSettings(@DefaultValue("5000") int stagingCapBps) {}
