package ai.matih.ml.registry.model;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where models are vouched for.
 *
 * @param trainingUrl the training orchestrator
 */
@Validated
@ConfigurationProperties("registry.model")
public record ModelSettings(@NotBlank String trainingUrl) {}
