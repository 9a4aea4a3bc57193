package ai.matih.ml.serving.deployment;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How deployments go.
 *
 * @param loadingLimit how long every router may take until it answers for a new deployment
 * @param stageCheck how often the stages of deployed versions are asked again
 */
@ConfigurationProperties("serving.deployment")
public record DeploymentSettings(
    @DefaultValue("PT5M") Duration loadingLimit, @DefaultValue("PT30S") Duration stageCheck) {}
