package ai.matih.ml.serving.rollout;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How roll-outs are followed.
 *
 * @param lookInterval how often a roll-out that is under way is looked at
 */
@ConfigurationProperties("serving.rollout")
public record RolloutSettings(@DefaultValue("PT2S") Duration lookInterval) {}
