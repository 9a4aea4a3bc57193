package ai.matih.ml.registry.evidencebundle;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How much goes into an evidence bundle.
 *
 * @param maxAuditSpan rows of the tenant's audit chain between the first and the last that a bundle
 *     shows; where more lie between, the earliest are left out
 * @param maxReports bytes of raw reports in one bundle, which is made in memory; those that
 *     conditions rest on come first, then the newest
 */
@Validated
@ConfigurationProperties("registry.bundle")
public record BundleSettings(
    @Min(100) @DefaultValue("20000") int maxAuditSpan, @DefaultValue("16MB") DataSize maxReports) {

  long maxReportBytes() {
    return maxReports.toBytes();
  }
}
