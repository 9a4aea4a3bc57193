package ai.matih.ml.api.experiment;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How patiently MLflow is called.
 *
 * @param readTimeout until MLflow answers one call
 * @param artifactTimeout until an upload or download moves on; MLflow fetches a file from its store
 *     before it sends the first byte
 * @param maxConcurrentCalls calls in flight at once
 * @param maxArtifact size of one uploaded file
 */
@Validated
@ConfigurationProperties("api.experiment")
public record ExperimentSettings(
    @DefaultValue("30s") Duration readTimeout,
    @DefaultValue("5m") Duration artifactTimeout,
    @DefaultValue("64") @Positive int maxConcurrentCalls,
    @DefaultValue("10GB") DataSize maxArtifact) {}
