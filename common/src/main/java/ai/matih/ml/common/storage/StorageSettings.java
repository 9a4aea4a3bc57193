package ai.matih.ml.common.storage;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** The S3 store of the platform. */
@Validated
@ConfigurationProperties("matih.storage")
public record StorageSettings(
    @NotBlank String endpoint,
    @NotBlank String accessKey,
    @NotBlank String secretKey,
    @DefaultValue("us-east-1") String region) {

  @Override
  public String toString() {
    return "StorageSettings[endpoint=" + endpoint + ", region=" + region + "]";
  }
}
