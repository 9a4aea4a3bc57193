package ai.matih.ml.registry.bundle;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much goes into an evidence bundle.
 *
 * @param maxAuditSpan rows of the tenant's audit chain between the first and the last that a bundle
 *     shows; where more lie between, the earliest are left out
 */
@Validated
@ConfigurationProperties("registry.bundle")
public record BundleSettings(@Min(100) @DefaultValue("20000") int maxAuditSpan) {}
