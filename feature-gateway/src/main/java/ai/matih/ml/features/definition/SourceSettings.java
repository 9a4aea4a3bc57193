package ai.matih.ml.features.definition;

import ai.matih.ml.common.tenant.Tenant;
import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where sources of features lie.
 *
 * @param bucket of the data sets; each tenant has a folder of its own there
 */
@Validated
@ConfigurationProperties("features.source")
public record SourceSettings(@DefaultValue("datasets") @NotBlank String bucket) {

  /** The tenant's own folder, with the slash at its end. */
  public String folder(Tenant tenant) {
    return "s3://" + bucket + "/" + tenant + "/";
  }
}
