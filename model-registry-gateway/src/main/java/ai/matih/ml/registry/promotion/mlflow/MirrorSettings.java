package ai.matih.ml.registry.promotion.mlflow;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How MLflow is held to what was decided here.
 *
 * @param every how long after one comparison of a model the next one is due, give or take a fifth
 * @param pause between two comparisons that nobody asked for, so that many models are no burst
 */
@ConfigurationProperties("registry.mirror")
public record MirrorSettings(
    @DefaultValue("PT5M") Duration every, @DefaultValue("PT1S") Duration pause) {}
