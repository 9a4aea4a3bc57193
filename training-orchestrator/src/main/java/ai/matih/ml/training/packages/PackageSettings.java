package ai.matih.ml.training.packages;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of uploaded packages.
 *
 * @param bucket on the object store; the tenant is the first path element
 * @param maxSize largest upload
 * @param maxEntries files and folders in one package
 * @param maxUnpacked all files of one package together, unpacked
 */
@Validated
@ConfigurationProperties(value = "training.packages", ignoreUnknownFields = false)
public record PackageSettings(
    @NotBlank @DefaultValue("checkpoints") String bucket,
    @DefaultValue("32MB") DataSize maxSize,
    @Min(1) @DefaultValue("2000") int maxEntries,
    @DefaultValue("256MB") DataSize maxUnpacked) {

  /** Bytes of the largest upload. */
  long maxBytes() {
    return maxSize.toBytes();
  }

  long maxUnpackedBytes() {
    return maxUnpacked.toBytes();
  }
}
